import * as oauth from 'oauth4webapi'
import { factsOfAnswer } from './by-hand/checks.ts'
import { checkedClaims } from './by-hand/id-token.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, IdTokenTask, Measured, Setup, TokenAnswer, TokenFacts } from './program.ts'

interface Pending {
  readonly state: string
  readonly verifier: string
}

const options = { [oauth.allowInsecureRequests]: true }

interface Parties {
  readonly server: oauth.AuthorizationServer
  readonly client: oauth.Client
  readonly authentication: oauth.ClientAuth
}

function partiesOf(setup: Setup): Parties {
  return {
    server: {
      issuer: setup.issuer,
      authorization_endpoint: setup.authorizationEndpoint,
      token_endpoint: setup.tokenEndpoint,
    },
    client: { client_id: setup.clientId },
    authentication: oauth.ClientSecretBasic(setup.clientSecret),
  }
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  return async () => {
    const [state, verifier] = [oauth.generateRandomState(), oauth.generateRandomCodeVerifier()]
    const url = new URL(setup.authorizationEndpoint)
    url.searchParams.set('response_type', 'code')
    url.searchParams.set('client_id', setup.clientId)
    url.searchParams.set('redirect_uri', setup.redirectUri)
    url.searchParams.set('scope', setup.scope.join(' '))
    url.searchParams.set('state', state)
    url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(verifier))
    url.searchParams.set('code_challenge_method', 'S256')
    return { url, pending: { state, verifier } satisfies Pending }
  }
}

export function exchange(setup: Setup): (callback: string, pending: Pending) => Promise<oauth.TokenEndpointResponse> {
  const { server, client, authentication } = partiesOf(setup)
  return async (callback, { state, verifier }) => {
    const parameters = oauth.validateAuthResponse(server, client, new URL(callback), state)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authentication,
      parameters,
      setup.redirectUri,
      verifier,
      options,
    )
    return oauth.processAuthorizationCodeResponse(server, client, response)
  }
}

export function clientCredentials(setup: Setup): () => Promise<oauth.TokenEndpointResponse> {
  const { server, client, authentication } = partiesOf(setup)
  return async () => {
    const form = new URLSearchParams({ scope: setup.scope.join(' ') })
    const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, form, options)
    return oauth.processClientCredentialsResponse(server, client, response)
  }
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<oauth.TokenEndpointResponse> {
  const { server, client, authentication } = partiesOf(setup)
  return async () => {
    const held = answer.refresh_token ?? ''
    const response = await oauth.refreshTokenGrantRequest(server, client, authentication, held, options)
    return oauth.processRefreshTokenResponse(server, client, response)
  }
}

export function apiCall(setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const url = new URL(setup.apiUrl)
  return async () => {
    const response = await oauth.protectedResourceRequest(answer.access_token, 'GET', url, undefined, null, options)
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return (await response.json()) as unknown
  }
}

export function read(answer: oauth.TokenEndpointResponse): TokenFacts {
  return factsOfAnswer(answer as unknown as TokenAnswer)
}

export function herd(start: HerdStart): HerdClient {
  const obtainFirst = clientCredentials(start.setup)
  return checkThenRefresh<TokenAnswer>(start, {
    held: start.answer,
    read: (held) => factsOfAnswer(held),
    obtain: async (held) => (held ? refresh(start.setup, held)() : obtainFirst()) as unknown as TokenAnswer,
  })
}

/** Reading a prepared response with an ID token and checking its signature, less reading one without. */
export function idToken(task: IdTokenTask): Measured {
  const server = { issuer: task.issuer, jwks_uri: `${task.issuer}/jwks` }
  const client = { client_id: task.audience, id_token_signed_response_alg: task.algorithm }
  const jwks = { keys: [{ ...task.jwk, alg: task.algorithm, use: 'sig' }] }
  const answer = { access_token: 'access', token_type: 'Bearer', expires_in: 3600 }
  const cache: oauth.JWKSCacheInput = {}
  const signatureOptions = { [oauth.customFetch]: async () => Response.json(jwks), [oauth.jwksCache]: cache }
  return {
    async run() {
      const response = Response.json({ ...answer, id_token: task.idToken })
      const expected = { expectedNonce: task.nonce, requireIdToken: true }
      const result = await oauth.processAuthorizationCodeResponse(server, client, response, expected)
      await oauth.validateApplicationLevelSignature(server, response, signatureOptions)
      return checkedClaims({ ...oauth.getValidatedIdTokenClaims(result) }, task)
    },
    without: () => oauth.processAuthorizationCodeResponse(server, client, Response.json(answer)),
  }
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => Promise<oauth.TokenEndpointResponse> {
  const { server, client } = partiesOf(setup)
  return (answer) => oauth.processRefreshTokenResponse(server, client, Response.json(answer))
}

export function heldProvider(setup: Setup, index: number): Parties {
  return partiesOf({ ...setup, clientId: `client-${index}`, issuer: `${setup.issuer}/${index}` })
}
