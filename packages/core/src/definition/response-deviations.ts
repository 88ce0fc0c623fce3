/** A field of a token response that this library interprets (RFC 6749 §5.1, OpenID Connect Core §3.1.3.3). */
export type TokenResponseField =
  | 'access_token'
  | 'token_type'
  | 'expires_in'
  | 'refresh_token'
  | 'refresh_token_expires_in'
  | 'scope'
  | 'id_token'

/** Deviations of a token response that are tolerated because the definition declares them. A path is names joined by dots. */
export interface TokenResponseDeviations {
  /** The token is of this type, whatever the response says (Slack) or leaves out (LinkedIn). */
  readonly tokenType?: 'Bearer'
  /** The response may be form-encoded instead of JSON. GitHub. */
  readonly formEncoded?: true
  /** Further success statuses, beside 200. Sentry: `[201]`. */
  readonly statuses?: readonly number[]
  /** The path of the object that holds the response. Withings: `'body'`. */
  readonly envelope?: string
  /** The path of a field that is in a different place. Slack: `{ access_token: 'authed_user.access_token' }`. */
  readonly members?: Readonly<Partial<Record<TokenResponseField, string>>>
  /** Values that stand for an absent field. Mailchimp: `{ scope: [null], expires_in: [0] }`. */
  readonly absent?: Readonly<Partial<Record<TokenResponseField, readonly (string | number | boolean | null)[]>>>
  /** A separator between scopes, beside the space. GitHub: `','`. */
  readonly scopeSeparator?: string
  /** The scope is an array. Twitch. */
  readonly scopeArray?: true
  /** How the lifetime of an access token is written. */
  readonly expiresIn?: LifetimeFormat & {
    /** The lifetime of an access token in seconds, if the response does not include it. Salesforce. */
    readonly default?: number
  }
  /** How the lifetime of a refresh token is written. Clover: `{ format: 'epoch_seconds' }`, with `members` for its name. */
  readonly refreshExpiresIn?: LifetimeFormat
  /** How a response reports an error. */
  readonly error?: ErrorDeviations
  /** Where the provider documents it. */
  readonly source?: string
}

/** How a lifetime is written. */
export interface LifetimeFormat {
  /**
   * Seconds by default: `milliseconds` (Fiserv), the time of expiry in seconds or milliseconds since the
   * epoch (Strava's `expires_at`), or that time as an ISO 8601 `date` (Sentry).
   */
  readonly format?: 'milliseconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date'
}

/** How a response reports an error, if it deviates from RFC 6749 §5.2. */
export interface ErrorDeviations {
  /** Errors come with status 200. GitHub, Slack. */
  readonly status?: 200
  /** The path of the error code: `error` by default. WeChat: `'errcode'`. */
  readonly code?: string
  /** The path of the description for developers: `error_description` by default. Twitch: `'message'`. */
  readonly description?: string
  /** Codes that mean success. Withings: `[0]`. */
  readonly success?: readonly (string | number | boolean | null)[]
  /** What the provider's codes mean, as codes of RFC 6749 §5.2. Slack: `{ invalid_refresh_token: 'invalid_grant' }`. */
  readonly codes?: Readonly<Record<string, string>>
}
