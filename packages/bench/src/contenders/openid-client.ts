import * as client from 'openid-client'
import { checkedClaims } from './by-hand/id-token.ts'
import { factsOfAnswer } from './by-hand/checks.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, IdTokenTask, Measured, Setup, TokenAnswer, TokenFacts } from './program.ts'

type Tokens = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers

interface Pending {
  readonly state: string
  readonly verifier: string
}

function configurationOf(setup: Setup): client.Configuration {
  const server = {
    issuer: setup.issuer,
    authorization_endpoint: setup.authorizationEndpoint,
    token_endpoint: setup.tokenEndpoint,
  }
  const { clientId, clientSecret } = setup
  const configuration = new client.Configuration(server, clientId, {}, client.ClientSecretBasic(clientSecret))
  client.allowInsecureRequests(configuration)
  return configuration
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const configuration = configurationOf(setup)
  return async () => {
    const [state, verifier] = [client.randomState(), client.randomPKCECodeVerifier()]
    const url = client.buildAuthorizationUrl(configuration, {
      redirect_uri: setup.redirectUri,
      scope: setup.scope.join(' '),
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return { url, pending: { state, verifier } satisfies Pending }
  }
}

export function exchange(setup: Setup): (callback: string, pending: Pending) => Promise<Tokens> {
  const configuration = configurationOf(setup)
  return (callback, { state, verifier }) =>
    client.authorizationCodeGrant(configuration, new URL(callback), {
      expectedState: state,
      pkceCodeVerifier: verifier,
    })
}

export function clientCredentials(setup: Setup): () => Promise<Tokens> {
  const configuration = configurationOf(setup)
  return () => client.clientCredentialsGrant(configuration, { scope: setup.scope.join(' ') })
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<Tokens> {
  const configuration = configurationOf(setup)
  return () => client.refreshTokenGrant(configuration, answer.refresh_token ?? '')
}

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const configuration = configurationOf(setup)
  const url = new URL(setup.apiUrl)
  return async () => {
    const response = await client.fetchProtectedResource(configuration, answer.access_token, url, 'GET')
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return (await response.json()) as unknown
  }
}

export function read(tokens: Tokens): TokenFacts {
  return factsOfAnswer(tokens as unknown as TokenAnswer, Date.now() + (tokens.expiresIn() ?? 0) * 1000)
}

export function herd(start: HerdStart): HerdClient {
  const configuration = configurationOf(start.setup)
  return checkThenRefresh<TokenAnswer>(start, {
    held: start.answer,
    read: (held) => factsOfAnswer(held),
    obtain: async (held) =>
      (held
        ? await client.refreshTokenGrant(configuration, held.refresh_token ?? '')
        : await client.clientCredentialsGrant(configuration)) as unknown as TokenAnswer,
  })
}

/** A whole exchange over a prepared response with an ID token and its signature checked, less the same without one. */
export function idToken(task: IdTokenTask): Measured {
  const login = (answer: object, expectedNonce?: string) => {
    const configuration = new client.Configuration(
      { issuer: task.issuer, token_endpoint: `${task.issuer}/token`, jwks_uri: `${task.issuer}/jwks` },
      task.audience,
      { id_token_signed_response_alg: task.algorithm },
      client.ClientSecretBasic('secret'),
    )
    client.enableNonRepudiationChecks(configuration)
    const jwks = { keys: [{ ...task.jwk, alg: task.algorithm, use: 'sig' }] }
    configuration[client.customFetch] = async (url) => Response.json(url.endsWith('/jwks') ? jwks : answer)
    const callback = new URL('https://app.bench.example/callback?code=code&state=state')
    const checks = { expectedState: 'state', pkceCodeVerifier: 'v'.repeat(43) }
    return () =>
      client.authorizationCodeGrant(configuration, callback, {
        ...checks,
        ...(expectedNonce !== undefined && { expectedNonce, idTokenExpected: true }),
      })
  }
  const answer = { access_token: 'access', token_type: 'Bearer', expires_in: 3600 }
  const withIdToken = login({ ...answer, id_token: task.idToken }, task.nonce)
  return {
    run: async () => checkedClaims({ ...(await withIdToken()).claims() }, task),
    without: login(answer),
  }
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => Promise<Tokens> {
  const configuration = configurationOf(setup)
  let next: TokenAnswer
  configuration[client.customFetch] = async () => Response.json(next)
  return (answer) => {
    next = answer
    return client.refreshTokenGrant(configuration, 'unused')
  }
}

export function heldProvider(setup: Setup, index: number): client.Configuration {
  return configurationOf({ ...setup, clientId: `client-${index}`, issuer: `${setup.issuer}/${index}` })
}
