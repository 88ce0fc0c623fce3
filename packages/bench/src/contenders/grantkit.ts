// Ours, on the runtime's own `fetch`.
import {
  authorizedFetch,
  ClientCredentials,
  Pkce,
  Provider,
  type ProviderOptions,
  Refresh,
  Token,
  type Transaction,
} from '@grantkit/core'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

/** A provider of the server that everyone uses. */
export function providerOf(setup: Setup, options: ProviderOptions = {}, name = 'bench'): Provider {
  const metadata = {
    issuer: setup.issuer,
    authorization_endpoint: setup.authorizationEndpoint,
    token_endpoint: setup.tokenEndpoint,
  }
  const { clientId, clientSecret, redirectUri } = setup
  const apiOrigins = [new URL(setup.apiUrl).origin]
  return new Provider(
    { name, metadata, apiOrigins },
    { clientId, clientSecret, redirectUri },
    { timeout: 60_000, ...options },
  )
}

/** The token of a response, as an application would have stored it. */
export function tokenOf(answer: TokenAnswer, expiresAt = Date.now() + answer.expires_in * 1000): Token {
  const { access_token: accessToken, refresh_token: refreshToken, scope } = answer
  return new Token({ accessToken, refreshToken, scope: scope?.split(' '), expiresAt })
}

export function authorizationUrl(setup: Setup, options?: ProviderOptions): () => Promise<Begun> {
  const login = providerOf(setup, options).grant(Pkce)
  return async () => {
    const { url, transaction } = await login.authorize({ scope: setup.scope })
    return { url, pending: transaction }
  }
}

export function exchange(
  setup: Setup,
  options?: ProviderOptions,
): (callback: string, pending: Transaction) => Promise<Token> {
  const login = providerOf(setup, options).grant(Pkce)
  return (callback, pending) => login.requestToken(callback, pending)
}

export function clientCredentials(setup: Setup, options?: ProviderOptions): () => Promise<Token> {
  const application = providerOf(setup, options).grant(ClientCredentials)
  return () => application.requestToken({ scope: setup.scope })
}

export function refresh(setup: Setup, answer: TokenAnswer, options?: ProviderOptions): () => Promise<Token> {
  const grant = providerOf(setup, options).grant(Refresh)
  const held = tokenOf(answer)
  return () => grant.requestToken(held)
}

export function apiCall(setup: Setup, answer: TokenAnswer, options: ProviderOptions = {}): () => Promise<unknown> {
  const source = providerOf(setup, options).tokenSource({ token: tokenOf(answer) })
  const api = authorizedFetch(source, { fetch: options.fetch })
  return async () => {
    const response = await api(setup.apiUrl)
    if (!response.ok) throw new Error(`the API answered ${response.status}`)
    return (await response.json()) as unknown
  }
}

export function read({ accessToken, refreshToken, expiresAt }: Token): TokenFacts {
  return { accessToken, refreshToken, expiresAt }
}

export function herd({ setup, answer, expiresAt }: HerdStart, options: ProviderOptions = {}): HerdClient {
  const provider = providerOf(setup, options)
  const source = provider.tokenSource(
    answer ? { token: tokenOf(answer, expiresAt) } : { grant: ClientCredentials, scope: setup.scope },
  )
  const api = authorizedFetch(source, { fetch: options.fetch })
  return {
    async call() {
      const response = await api(setup.apiUrl)
      if (!response.ok) throw new Error(`the API answered ${response.status}`)
      return (await response.json()) as unknown
    },
    refreshToken: async () => (await source.peek())?.refreshToken,
  }
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => Promise<Token> {
  let next: TokenAnswer
  const grant = providerOf(setup, { fetch: async () => Response.json(next) }).grant(Refresh)
  return (answer) => {
    next = answer
    return grant.requestToken('unused')
  }
}

export function heldProvider(setup: Setup, index: number): Provider {
  return providerOf({ ...setup, clientId: `client-${index}`, issuer: `${setup.issuer}/${index}` }, {}, `bench-${index}`)
}

export function heldSource(setup: Setup): (answer: TokenAnswer) => unknown {
  const provider = providerOf(setup)
  return (answer) => provider.tokenSource({ token: tokenOf(answer) })
}
