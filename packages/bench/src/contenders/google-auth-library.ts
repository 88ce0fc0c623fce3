// google-auth-library leaves the state, and what a token response holds, to its caller; it has no client credentials.
import { CodeChallengeMethod, type Credentials, OAuth2Client } from 'google-auth-library'
import { challengeOf, checkedAnswer, codeOf, factsOfAnswer, type PendingByHand, randomText } from './by-hand/checks.ts'
import { checkedClaims } from './by-hand/id-token.ts'
import type { Begun, HerdClient, HerdStart, IdTokenTask, Measured, Setup, TokenAnswer, TokenFacts } from './program.ts'

function clientOf(setup: Setup): OAuth2Client {
  return new OAuth2Client({
    clientId: setup.clientId,
    clientSecret: setup.clientSecret,
    redirectUri: setup.redirectUri,
    endpoints: { oauth2AuthBaseUrl: setup.authorizationEndpoint, oauth2TokenUrl: setup.tokenEndpoint },
  })
}

/** It replaces `expires_in` with the time of the end. */
function checked(credentials: Credentials): Credentials {
  checkedAnswer(200, { ...credentials, expires_in: (credentials.expiry_date ?? Number.NaN) - Date.now() })
  return credentials
}

function credentialsOf({ access_token, refresh_token }: TokenAnswer, expiry_date?: number): Credentials {
  return {
    access_token,
    refresh_token: refresh_token ?? null,
    ...(expiry_date !== undefined && { expiry_date }),
  }
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const client = clientOf(setup)
  return async () => {
    const [state, verifier] = [randomText(), randomText()]
    const url = client.generateAuthUrl({
      scope: [...setup.scope],
      state,
      code_challenge: await challengeOf(verifier),
      code_challenge_method: CodeChallengeMethod.S256,
    })
    return { url, pending: { state, verifier } satisfies PendingByHand }
  }
}

export function exchange(setup: Setup): (callback: string, pending: PendingByHand) => Promise<Credentials> {
  const client = clientOf(setup)
  return async (callback, { state, verifier }) => {
    const { tokens } = await client.getToken({ code: codeOf(callback, state), codeVerifier: verifier })
    return checked(tokens)
  }
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<Credentials> {
  const held = credentialsOf(answer)
  const free: OAuth2Client[] = [] // callers who share a client share its refresh: here each is a user of their own
  return async () => {
    const client = free.pop() ?? clientOf(setup)
    client.setCredentials(held)
    const { credentials } = await client.refreshAccessToken()
    free.push(client)
    return checked(credentials)
  }
}

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const client = clientOf(setup)
  client.setCredentials(credentialsOf(answer, Date.now() + answer.expires_in * 1000))
  return async () => (await client.request({ url: setup.apiUrl })).data
}

export function read(credentials: Credentials): TokenFacts {
  return factsOfAnswer(credentials as unknown as TokenAnswer, credentials.expiry_date ?? undefined)
}

export function herd({ setup, answer, expiresAt }: HerdStart): HerdClient {
  const client = clientOf(setup)
  const known = expiresAt <= Date.now()
  client.setCredentials(answer ? credentialsOf(answer, known ? expiresAt : undefined) : {}) // without a time, a 401 makes it refresh
  return {
    call: async () => (await client.request({ url: setup.apiUrl })).data,
    refreshToken: () => client.credentials.refresh_token ?? undefined,
  }
}

/** RS256 alone: it knows no other algorithm but ES256, in a certificate's own form. */
export function idToken(task: IdTokenTask): Measured {
  const client = new OAuth2Client()
  const certificates = { [task.jwk.kid]: task.pem }
  return {
    async run() {
      const ticket = await client.verifySignedJwtWithCertsAsync(task.idToken, certificates, task.audience, [
        task.issuer,
      ])
      return checkedClaims({ ...ticket.getPayload() }, task)
    },
  }
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => OAuth2Client {
  return (answer) => {
    const client = clientOf(setup) // one for each user
    client.setCredentials(credentialsOf(answer, Date.now() + answer.expires_in * 1000))
    return client
  }
}

export function heldProvider(setup: Setup, index: number): OAuth2Client {
  return clientOf({ ...setup, clientId: `client-${index}` })
}
