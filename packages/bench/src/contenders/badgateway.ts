// @badgateway/oauth2-client: everything but a random state, and what a token response holds.
import { generateCodeVerifier, OAuth2Client, OAuth2Fetch, type OAuth2Token } from '@badgateway/oauth2-client'
import { randomText } from './by-hand/checks.ts'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

/** The type of the token is not in what it returns. */
export const unchecked = ['other-token-type']

interface Pending {
  readonly state: string
  readonly verifier: string
}

function clientOf(setup: Setup): OAuth2Client {
  const { clientId, clientSecret, authorizationEndpoint, tokenEndpoint } = setup
  return new OAuth2Client({
    clientId,
    clientSecret,
    authorizationEndpoint,
    tokenEndpoint,
    authenticationMethod: 'client_secret_basic',
  })
}

/** It reads `access_token` and drops the type of the token, so that is all there is to check. */
function checked(token: OAuth2Token): OAuth2Token {
  if (typeof token.accessToken !== 'string' || token.accessToken === '') throw new Error('no access_token')
  return token
}

function tokenOf(answer: TokenAnswer, expiresAt = Date.now() + answer.expires_in * 1000): OAuth2Token {
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token ?? null, expiresAt }
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const client = clientOf(setup)
  return async () => {
    const [state, verifier] = [randomText(), await generateCodeVerifier()]
    const { redirectUri, scope } = setup
    const url = await client.authorizationCode.getAuthorizeUri({
      redirectUri,
      scope: [...scope],
      state,
      codeVerifier: verifier,
    })
    return { url, pending: { state, verifier } satisfies Pending }
  }
}

export function exchange(setup: Setup): (callback: string, pending: Pending) => Promise<OAuth2Token> {
  const client = clientOf(setup)
  const { redirectUri } = setup
  return async (callback, { state, verifier }) =>
    checked(
      await client.authorizationCode.getTokenFromCodeRedirect(callback, { redirectUri, state, codeVerifier: verifier }),
    )
}

export function clientCredentials(setup: Setup): () => Promise<OAuth2Token> {
  const client = clientOf(setup)
  return async () => checked(await client.clientCredentials({ scope: [...setup.scope] }))
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<OAuth2Token> {
  const client = clientOf(setup)
  const held = tokenOf(answer)
  return async () => checked(await client.refreshToken(held))
}

function fetchOf(setup: Setup, held: OAuth2Token | null): OAuth2Fetch {
  const client = clientOf(setup)
  return new OAuth2Fetch({
    client,
    getStoredToken: () => held,
    getNewToken: () => (held ? null : client.clientCredentials()),
    scheduleRefresh: false,
  })
}

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const api = fetchOf(setup, tokenOf(answer))
  return async () => {
    const response = await api.fetch(setup.apiUrl)
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return (await response.json()) as unknown
  }
}

export function read({ accessToken, refreshToken, expiresAt }: OAuth2Token): TokenFacts {
  return { accessToken, refreshToken: refreshToken ?? undefined, expiresAt: expiresAt ?? undefined }
}

export function herd({ setup, answer, expiresAt }: HerdStart): HerdClient {
  const api = fetchOf(setup, answer ? tokenOf(answer, expiresAt) : null)
  return {
    async call() {
      const response = await api.fetch(setup.apiUrl)
      if (!response.ok) throw new Error(`the API answered ${response.status}`)
      return (await response.json()) as unknown
    },
    refreshToken: async () => (await api.getToken()).refreshToken ?? undefined,
  }
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => Promise<OAuth2Token> {
  const client = clientOf(setup)
  return (answer) => client.tokenResponseToOAuth2Token(Promise.resolve({ ...answer, token_type: 'Bearer' }) as never)
}

export function heldProvider(setup: Setup, index: number): OAuth2Client {
  return clientOf({ ...setup, clientId: `client-${index}` })
}

export function heldSource(setup: Setup): (answer: TokenAnswer) => OAuth2Fetch {
  return (answer) => fetchOf(setup, tokenOf(answer))
}
