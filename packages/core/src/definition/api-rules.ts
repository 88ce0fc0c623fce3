import type { ApiErrorHint } from './api-errors.ts'

/** How the provider's API expects requests, and how it reports its limits. */
export interface ApiRules {
  /** How the token is presented, if not as in RFC 6750 §2.1; always in a header, since a URL ends up in logs. */
  readonly token?: {
    /** The header: `Authorization` by default. Shopify: `'X-Shopify-Access-Token'`, which has no scheme. */
    readonly header?: string
    /** The scheme in front of the token: its type by default. Zoho: `'Zoho-oauthtoken'`. */
    readonly scheme?: string
  }
  /** Headers of every request; `{client_id}` stands for the client identifier. Twitch: `{ 'client-id': '{client_id}' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The headers that report a rate limit, for APIs without `Retry-After`. */
  readonly rateLimit?: RateLimitRules
  /** The meaning of unclear error responses; the first match applies. */
  readonly errors?: readonly ApiErrorHint[]
  /** Where the token response contains the API's origin. */
  readonly origin?: {
    /** The field of the token's `extra` that holds a URL with that origin. Salesforce: `'instance_url'`. */
    readonly member: string
    /** The domains that its host has to be in: one of these, or a subdomain. Salesforce: `['salesforce.com']`. */
    readonly domains: readonly string[]
  }
  /** Where the provider documents it. */
  readonly source?: string
}

/** How an API reports that a limit is reached, and until when. */
export interface RateLimitRules {
  /** The header with the time when the limit resets. GitHub: `'x-ratelimit-reset'`. */
  readonly reset: string
  /** How that time is written: `seconds` from now by default. GitHub: `epoch_seconds`. */
  readonly format?: 'seconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date'
  /** The header with the number of requests left: at 0, the limit is reached. GitHub: `'x-ratelimit-remaining'`. */
  readonly remaining?: string
  /** Further statuses, beside 429, of a limit that is reached. GitHub: `[403]`. */
  readonly statuses?: readonly number[]
}
