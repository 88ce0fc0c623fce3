import type { ClientAuthenticationMethod } from './client-authentication-rules.ts'

/** How the authorization URL deviates from RFC 6749 §4.1.1. Parameters that are only added belong in `parameters.authorization`. */
export interface AuthorizationRequestDeviations {
  /** Other names of parameters, by their names in the standards. TikTok: `{ client_id: 'client_key' }`. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Parameters of the standards that are left out. monday.com: `['response_type']`. */
  readonly omitted?: readonly string[]
  /** How a space is encoded, if the server does not read `+`. Conta Azul. */
  readonly space?: '%20'
  /** The fragment of the URL, without `#`. WeChat: `'wechat_redirect'`. */
  readonly fragment?: string
  /** The code challenge is written in hexadecimal digits instead of base64url. TikTok, for desktop apps. */
  readonly codeChallenge?: 'hex'
  /** Where the provider documents it. */
  readonly source?: string
}

/** How token requests deviate from RFC 6749 §3.2. Parameters that are only added belong in `parameters.token`. */
export interface TokenRequestDeviations {
  /** The parameters, secrets included, are in the query of a GET request. WeChat. */
  readonly method?: 'GET'
  /** The parameters are encoded as JSON (Notion), or, secrets included, in the query of the POST (Transporeon). */
  readonly encoding?: 'json' | 'query'
  /** Further headers. Notion: `{ 'notion-version': '2022-06-28' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Other names of parameters, by their names in the standards. TikTok: `{ client_id: 'client_key' }`. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Parameters of the standards that are left out. Shopify documents no `grant_type` and no `redirect_uri`. */
  readonly omitted?: readonly string[]
  /** Where the provider documents it. */
  readonly source?: string
}

/** What differs for the requests of one grant. A field here replaces that of `tokenRequest`. */
export interface GrantDeviations extends Omit<TokenRequestDeviations, 'method'> {
  /** The HTTP method, if this grant and the others differ. Instagram refreshes with GET. */
  readonly method?: 'GET' | 'POST'
  /** Where the request goes instead of the token endpoint. Figma has an endpoint for refreshing. */
  readonly endpoint?: string
  /** What is sent as `grant_type`. Instagram refreshes with `ig_refresh_token`, Zoom requests a token with `account_credentials`. */
  readonly grantType?: string
  /** How the client authenticates. Sage Intacct expects the secret in the form, but only for a refresh. */
  readonly authentication?: ClientAuthenticationMethod
  /** Parameters that every request of the grant carries, beside `parameters.token`. Basecamp: `{ type: 'refresh' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** What a status from 400 to 499 means where the response says nothing else, as an error code of the grant's standard. Glewlwyd: `{ '403': 'invalid_grant' }`. */
  readonly errors?: Readonly<Record<string, string>>
}

/** How a token is revoked, where that deviates from RFC 7009 §2. */
export interface RevocationDeviations extends Omit<
  GrantDeviations,
  'method' | 'grantType' | 'authentication' | 'errors'
> {
  /** The method of the request. GitHub: `'DELETE'`. */
  readonly method?: 'GET' | 'DELETE'
  /** Where the request goes; `{client_id}` stands for the client identifier. GitHub. */
  readonly endpoint?: string
  /** How the client authenticates; `bearer` presents the token itself, which is then not a parameter. Dropbox. */
  readonly authentication?: ClientAuthenticationMethod | 'bearer'
  /** Parameters that the request carries beside its own. Withings: `{ action: 'revoke' }`. */
  readonly parameters?: Readonly<Record<string, string>>
  /** The success statuses, if not 200. GitHub: `[204]`. */
  readonly statuses?: readonly number[]
  /**
   * Which tokens of a grant are revoked: `both`, one after the other, by default; `either` if revoking one revokes the
   * other (Google); `access_token` if no other can be revoked (GitHub).
   */
  readonly tokens?: 'both' | 'either' | 'access_token'
}

/** How the callback deviates from RFC 6749 §4.1.2. */
export interface CallbackDeviations {
  /** Other names of parameters, by their names in the standards. TikTok for Business: `{ code: 'auth_code' }`. */
  readonly renamed?: Readonly<Record<string, string>>
  /** Further parameters, which are kept in the `extra` of the token. QuickBooks: `['realmId']`. */
  readonly kept?: readonly string[]
  /** A parameter that names the host of the token endpoint for this user; it is kept in `extra`, too. Zoho: `accounts-server`. */
  readonly tokenHost?: {
    /** The parameter that holds the host, or a URL of it. */
    readonly parameter: string
    /** The hosts that are allowed. */
    readonly hosts: readonly string[]
  }
  /** Where the provider documents it. */
  readonly source?: string
}
