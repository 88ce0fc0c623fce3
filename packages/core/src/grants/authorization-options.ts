import type { AuthorizationDelivery } from '../protocol/port.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import type { RequestedScope } from './requested-scope.ts'
import type { ResponseMode } from './response-mode.ts'

/** What a login may be begun with. */
export interface AuthorizationOptions<
  Scope extends string = string,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> extends AuthorizationDelivery {
  /** The scopes to request (RFC 6749 §3.3): a list, or `{ add: […] }` for those beside the provider's default ones, which are requested unless given. With `openid`, OpenID Connect applies. */
  readonly scope?: RequestedScope<Scope> | undefined
  /** One of the registered redirect URIs; the first unless given. On a loopback literal any port will do. */
  readonly redirectUri?: string | undefined
  /** The resource, or resources, that the token is for (RFC 8707 §2). */
  readonly resource?: string | readonly string[] | undefined
  /** The permissions to request in detail (RFC 9396 §2); what was granted is in `token.authorizationDetails`. */
  readonly authorizationDetails?: readonly Detail[] | undefined
  /** Single claims about the user to request, as an object with `id_token` and `userinfo` (OpenID Connect Core §5.5). */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /**
   * How the user has to log in, the best first (`acr_values`, OpenID Connect Core §3.1.2.1). With the scope `openid`, an ID
   * token that says something else in `acr` is refused; one that says nothing is refused where `claims` has `acr` as essential.
   */
  readonly acrValues?: readonly string[] | undefined
  /** The most seconds since the user last proved who they are: with the scope `openid`, the ID token has to show it (OpenID Connect Core §3.1.2.1). */
  readonly maxAge?: number | undefined
  /** What the provider shows although it need not, such as `'login'` or `['consent', 'select_account']`; with `'none'`, nothing (OpenID Connect Core §3.1.2.1). */
  readonly prompt?: string | readonly string[] | undefined
  /** The user name, email address or telephone number that the user will probably log in with. */
  readonly loginHint?: string | undefined
  /** The user who is expected to log in: their last ID token, or the token that has it. It is in the URL unless the request is pushed. */
  readonly idTokenHint?: string | Token | undefined
  /** The languages of the provider's pages, the best first (BCP 47). */
  readonly uiLocales?: readonly string[] | undefined
  /** How the provider's pages are shown (OpenID Connect Core §3.1.2.1). */
  readonly display?: 'page' | 'popup' | 'touch' | 'wap' | undefined
  /** What the callback brings: a code unless given. With `'code id_token'`, an ID token as well, which is verified before the code is redeemed (OpenID Connect Core §3.3). */
  readonly responseType?: 'code' | 'code id_token' | undefined
  /** How the callback comes; with `jwt` in it, signed by the provider: any other is refused then (JARM §2.3). */
  readonly responseMode?: ResponseMode | undefined
  /** Further parameters of the authorization request. */
  readonly parameters?: RequestValues | undefined
  /** A state of your own, printable ASCII; a random one unless given. */
  readonly state?: string | undefined
}

/** What a login is begun with, and the scopes that it requests. */
export interface CheckedOptions extends AuthorizationOptions {
  readonly scope: readonly string[]
}

/** The fields of {@link AuthorizationOptions}. */
export const authorizationFields = [
  'scope',
  'redirectUri',
  'resource',
  'authorizationDetails',
  'claims',
  'acrValues',
  'maxAge',
  'prompt',
  'loginHint',
  'idTokenHint',
  'uiLocales',
  'display',
  'responseType',
  'responseMode',
  'pushed',
  'requestObject',
  'parameters',
  'state',
  'signal',
] as const satisfies readonly (keyof AuthorizationOptions)[]

/** What the options are called in errors. */
export const authorizeOptions = {
  what: 'the options of authorize',
  fields: authorizationFields,
  instead: { codeVerifier: 'use provider.grant(Pkce)', codeChallenge: 'use provider.grant(Pkce)' },
}

const furtherFields: readonly (keyof AuthorizationOptions)[] = [
  'authorizationDetails',
  'claims',
  'prompt',
  'loginHint',
  'idTokenHint',
  'uiLocales',
  'display',
  'responseType',
  'responseMode',
]

/** Whether a login asks for something that most do not. */
export function isUnusual(options: AuthorizationOptions): boolean {
  return furtherFields.some((name) => options[name] !== undefined)
}
