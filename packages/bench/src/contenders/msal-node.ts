// @azure/msal-node speaks https only, so its network client is pointed at the server with `fetch`. It leaves the state to
// its caller, and what a token response holds as well.
import {
  type AuthenticationResult,
  ConfidentialClientApplication,
  CryptoProvider,
  type INetworkModule,
  type NetworkRequestOptions,
} from '@azure/msal-node'
import { checkedAnswer, codeOf, type PendingByHand, randomText } from './by-hand/checks.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

const host = 'login.bench.example'
const origin = `https://${host}`

function networkTo(setup: Setup): INetworkModule {
  const send = async (url: string, method: string, { headers, body }: NetworkRequestOptions = {}) => {
    const target = url.replace(`${origin}/token`, setup.tokenEndpoint)
    const response = await fetch(target, { method, headers: headers ?? {}, body: body ?? null, redirect: 'manual' })
    const json: unknown = await response.json()
    if (response.status === 200) checkedAnswer(200, json)
    return { status: response.status, headers: Object.fromEntries(response.headers), body: json as never }
  }
  return {
    sendGetRequestAsync: (url, options) => send(url, 'GET', options),
    sendPostRequestAsync: (url, options) => send(url, 'POST', options),
  }
}

function clientOf(setup: Setup): ConfidentialClientApplication {
  const metadata = {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    end_session_endpoint: `${origin}/logout`,
  }
  const { clientId, clientSecret } = setup
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: origin,
      knownAuthorities: [host],
      authorityMetadata: JSON.stringify(metadata),
    },
    system: { networkClient: networkTo(setup), protocolMode: 'OIDC' },
  })
}

function obtained(result: AuthenticationResult | null): AuthenticationResult {
  if (!result?.accessToken) throw new Error('no access token')
  return result
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const client = clientOf(setup)
  const provider = new CryptoProvider()
  const { redirectUri, scope } = setup
  return async () => {
    const state = randomText()
    const { verifier, challenge } = await provider.generatePkceCodes()
    const url = await client.getAuthCodeUrl({
      scopes: [...scope],
      redirectUri,
      state,
      codeChallenge: challenge,
      codeChallengeMethod: 'S256',
    })
    return { url, pending: { state, verifier } satisfies PendingByHand }
  }
}

export function exchange(setup: Setup): (callback: string, pending: PendingByHand) => Promise<AuthenticationResult> {
  const client = clientOf(setup)
  const { redirectUri, scope } = setup
  return async (callback, { state, verifier }) => {
    const code = codeOf(callback, state)
    return obtained(await client.acquireTokenByCode({ code, scopes: [...scope], redirectUri, codeVerifier: verifier }))
  }
}

export function clientCredentials(setup: Setup): () => Promise<AuthenticationResult> {
  const client = clientOf(setup)
  return async () =>
    obtained(await client.acquireTokenByClientCredential({ scopes: ['api/.default'], skipCache: true }))
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<AuthenticationResult> {
  const client = clientOf(setup)
  const refreshToken = answer.refresh_token ?? ''
  return async () => obtained(await client.acquireTokenByRefreshToken({ refreshToken, scopes: [...setup.scope] }))
}

/** A refresh token never leaves its cache. */
export function read({ accessToken, expiresOn }: AuthenticationResult): TokenFacts {
  return { accessToken, refreshToken: undefined, expiresAt: expiresOn?.getTime() }
}

/** Its own cache for client credentials, asked before every call. */
export function herd(start: HerdStart): HerdClient {
  const client = clientOf(start.setup)
  return checkThenRefresh<AuthenticationResult>(start, {
    held: undefined,
    read,
    obtain: async () => obtained(await client.acquireTokenByClientCredential({ scopes: ['api/.default'] })),
  })
}

export function heldProvider(setup: Setup, index: number): ConfidentialClientApplication {
  return clientOf({ ...setup, clientId: `client-${index}` })
}
