import type { Clock, GrantError, Provider, RequestValues, Token, TokenStore } from '@grantkit/core'
import type { EncryptionKey } from '@grantkit/stores/keys'
import type { OnWebEvent } from './events.ts'

/** What {@link webLogin} is made of. */
export interface WebLoginOptions<Scope extends string, User> {
  /**
   * The provider that users log in with. Its first redirect URI says where the app is: the origin, whether cookies are `Secure`,
   * and the paths of the routes. Neither `Host` nor any forwarded header is ever read.
   */
  readonly provider: Provider<Scope>
  /** The scopes to request; with `openid`, OpenID Connect applies. */
  readonly scope?: readonly Scope[] | undefined
  /** Further parameters of the authorization request. */
  readonly parameters?: RequestValues | undefined
  /** Where tokens and session records are kept. Without a store, tokens are only passed to `user`, and a session lasts until it expires. */
  readonly store?: TokenStore | undefined
  /** The keys that seal the cookies: the current one, then older ones, each 32 random bytes, as `generateKey()` of `@grantkit/stores/keys` makes them. */
  readonly keys: readonly (EncryptionKey | undefined)[]
  /** Says who has logged in: a small value that JSON can hold, for the session cookie. The browser cannot read it. */
  user(login: CompletedLogin): User | Promise<User>
  /**
   * The store key of a user's tokens, to share them with background jobs; the name of the provider is appended: `user:42/acme`.
   * A logout then keeps the tokens, unless `revoke` is true. By default, every session has its own tokens.
   */
  readonly key?: ((login: { readonly user: User; readonly provider: string }) => string) | undefined
  /** Whether a logout deletes the tokens and revokes them at the provider, where it can: by default true, and false with `key`. */
  readonly revoke?: boolean | undefined
  /** Seconds until a session expires, whatever happens: seven days by default. */
  readonly lifetime?: number | undefined
  /** The path that users are sent to when nothing else is asked for. By default `/`. */
  readonly home?: string | undefined
  /** Where the provider sends the user after its own logout (OpenID Connect RP-Initiated Logout 1.0 §2): a URL that is registered there. */
  readonly postLogoutRedirectUri?: string | undefined
  /** Replaces the page that is shown when a login or logout fails. */
  readonly failure?: ((failure: WebFailure, request: Request) => Response | Promise<Response>) | undefined
  /** Receives what happens, for logs and metrics, and never a secret. What it throws is ignored. */
  readonly onEvent?: OnWebEvent | undefined
  /** The clock of sessions; the machine's own unless given. */
  readonly clock?: Pick<Clock, 'now'> | undefined
}

/** A login that has succeeded, before its session begins. */
export interface CompletedLogin {
  /** The new token; `token.claims` has the user's claims with OpenID Connect. */
  readonly token: Token
  /** A `fetch` that presents the token to the API of the provider. It never refreshes. */
  readonly fetch: typeof globalThis.fetch
  /** The name of the provider. */
  readonly provider: string
}

/** A failure, as a page shows it. */
export interface WebFailure {
  /** What went wrong. */
  readonly error: GrantError
  /** The HTTP status. */
  readonly status: number
  /** Where the user can go next: to a new login, or home. */
  readonly next: string
}

/** Options of {@link WebLogin.login}. */
export interface BeginOptions<Scope extends string = string> {
  /** The path, or URL on the own origin, where the user is sent afterwards. Anything else leads to `home`. */
  readonly returnTo?: string | undefined
  /** The scopes to request instead of those of the options. */
  readonly scope?: readonly Scope[] | undefined
  /** Further parameters of the authorization request. */
  readonly parameters?: RequestValues | undefined
}

/** Options of {@link WebLogin.logout}. */
export interface EndOptions {
  /** The path, or URL on the own origin, where the user is sent afterwards. Anything else leads to `home`. */
  readonly returnTo?: string | undefined
}
