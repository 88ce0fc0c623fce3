import {
  authorizedFetch,
  type ClientRegistration,
  type Clock,
  Pkce,
  Provider,
  type ProviderOptions,
  Refresh,
  Token,
  type Transaction,
} from '@grantkit/core'
import type { AuthorizationServer } from '@grantkit/testing/server'

/** Does something wrong. */
export type Failure = (server: AuthorizationServer) => unknown

export const redirectUri = 'https://app.example/callback'
export const id = 'https://id.acme.example'
export const metadata = { authorization_endpoint: `${id}/authorize`, token_endpoint: `${id}/token` }
export const user = { clientId: 'my-client', redirectUri }
export const service = { clientId: 'my-server', clientSecret: 'my-secret' }

export function acme(client: ClientRegistration = user, options: ProviderOptions = {}): Provider {
  return new Provider({ name: 'acme', metadata }, client, options)
}

export const login = acme().grant(Pkce)

/** A login whose callback has come, and is finished with another transaction, or none. */
export function finishedWith(change: (transaction: Transaction) => unknown): Failure {
  return async (server) => {
    const { url, transaction } = await login.authorize()
    const callback = await server.logIn(url.href.replace(id, server.url))
    return login.requestToken(callback, change(transaction) as Transaction)
  }
}

/** A clock that differs, and whose deadlines never come. */
function clock(ahead: number): Clock {
  const never = (_: number, signal?: AbortSignal): Promise<void> =>
    new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  return { now: () => Date.now() + ahead * 1000, sleep: never }
}

/** A login with OpenID Connect on a machine whose clock is so many seconds ahead. */
export function signInWith(ahead: number): Failure {
  return async (server) => {
    const options = { clock: clock(ahead) }
    const own = new Provider({ name: 'acme', metadata: server.metadata }, user, options).grant(Pkce)
    const { url, transaction } = await own.authorize({ scope: ['openid'] })
    return own.requestToken(await server.logIn(url), transaction)
  }
}

/** A refresh whose request ends so. */
export function refreshOver(fetch: typeof globalThis.fetch, options: ProviderOptions = {}): Failure {
  return () =>
    acme(user, { fetch, ...options })
      .grant(Refresh)
      .requestToken('refresh-token')
}

export const unreachable = (message: string, code?: string) => () =>
  Promise.reject(
    Object.assign(new TypeError(message), code !== undefined && { cause: Object.assign(new Error(code), { code }) }),
  )

/** A call to an API that wants the scope `reports`. */
export function callApi(): Promise<Response> {
  const headers = { 'www-authenticate': 'Bearer error="insufficient_scope", scope="reports"' }
  const fetch = async () => Response.json({}, { status: 403, headers })
  const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })
  return authorizedFetch(token, { origins: ['https://api.acme.example'], fetch })('https://api.acme.example/v1/reports')
}
