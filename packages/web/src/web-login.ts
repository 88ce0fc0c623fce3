import { contextOf } from './context.ts'
import type { RequestLike } from './cookies/read.ts'
import { opensPage } from './guards.ts'
import { loginUrl } from './login-url.ts'
import type { BeginOptions, EndOptions, WebLoginOptions } from './options.ts'
import { json, redirect } from './responses.ts'
import { beginLogin } from './routes/begin.ts'
import { endSession } from './routes/end.ts'
import { handle } from './routes/handle.ts'
import { readSession, type Session } from './session.ts'
import { targetOf } from './target.ts'

/** The login of a web app. Its functions are bound, so they can be destructured. */
export interface WebLogin<Scope extends string = string, User = unknown> {
  /** The paths that {@link WebLogin.handle} responds to: those of the login, the callback, both logouts and the session. */
  readonly paths: readonly string[]
  /**
   * Responds to requests for the routes of the login, with 404 for any other path. It looks at the path alone, and never
   * rejects: a failure becomes a page and an event.
   */
  readonly handle: (request: Request) => Promise<Response>
  /** The session of a request, of headers, or of a request of Node; undefined where there is none. It writes no cookie. Rejects with `store_failed`. */
  readonly session: (from: RequestLike) => Promise<Session<Scope, User> | undefined>
  /**
   * The session of a request, or else a response: a redirect to the login for a page that is opened, which leads back to the
   * page, and 401 with `{ login }` in JSON for anything else. Rejects with `store_failed`.
   */
  readonly require: (request: Request) => Promise<Session<Scope, User> | Response>
  /** The URL of the login, for links and redirects. */
  readonly loginUrl: (options?: { readonly returnTo?: string | undefined }) => string
  /** Begins a login on a route of your own. A request that does not open a page gets 401 or 403. Rejects as `authorize` does. */
  readonly login: (request: Request, options?: BeginOptions<Scope>) => Promise<Response>
  /** Ends the session on a route of your own, which has to be a POST from a page of the app. */
  readonly logout: (request: Request, options?: EndOptions) => Promise<Response>
}

/**
 * Makes the login of a web app: functions that take a `Request` and return a `Response`. Cookies are sealed, and written at
 * the login and the logout only; tokens stay on the server. Throws `config_invalid`.
 *
 * @example
 * ```ts
 * import { memoryStore, Provider } from '@grantkit/core'
 * import { generateKey } from '@grantkit/stores/keys'
 * import { webLogin } from '@grantkit/web'
 *
 * const metadata = {
 *   authorization_endpoint: 'https://id.acme.example/authorize',
 *   token_endpoint: 'https://id.acme.example/token',
 * }
 * const client = { clientId: 'my-client', redirectUri: 'https://app.example/auth/callback' }
 * const auth = webLogin({
 *   provider: new Provider({ name: 'acme', metadata }, client),
 *   scope: ['read'],
 *   store: memoryStore(),
 *   keys: [process.env['COOKIE_KEY'] ?? generateKey()],
 *   user: ({ token }) => ({ scope: token.scope }),
 * })
 *
 * const response = await auth.handle(new Request('https://app.example/auth/login'))
 * response.status // => 303
 * auth.loginUrl({ returnTo: '/account' }) // => 'https://app.example/auth/login?returnTo=%2Faccount'
 * ```
 */
export function webLogin<Scope extends string, User>(options: WebLoginOptions<Scope, User>): WebLogin<Scope, User> {
  const context = contextOf(options)
  const { site } = context
  const session = (from: RequestLike) => readSession(context, from)
  return Object.freeze({
    paths: Object.freeze(Object.values(site.paths)),
    handle: (request: Request) => handle(context, request),
    session,
    require: async (request: Request) => {
      const found = await session(request)
      if (found) return found
      const { path, search } = targetOf(request)
      return opensPage(request) ? redirect(loginUrl(site, path + search)) : json({ login: loginUrl(site) }, 401)
    },
    loginUrl: ({ returnTo } = {}) => loginUrl(site, returnTo),
    login: (request: Request, begin?: BeginOptions<Scope>) => beginLogin(context, request, begin),
    logout: (request: Request, end?: EndOptions) => endSession(context, request, end),
  } satisfies WebLogin<Scope, User>)
}
