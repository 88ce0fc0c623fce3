import type { ApiErrorHint } from './api-errors.ts'

/** What the provider's API asks of a request, and says of its limits. */
export interface ApiRules {
  /** How the token is presented, if not as RFC 6750 §2.1 has it; always in a header, since a URL ends up in logs. */
  readonly token?: {
    /** The header: `Authorization` unless said otherwise. Shopify: `'X-Shopify-Access-Token'`, which has no scheme. */
    readonly header?: string
    /** The scheme in front of the token: its type unless said otherwise. Zoho: `'Zoho-oauthtoken'`. */
    readonly scheme?: string
  }
  /** Headers of every request; `{client_id}` stands for the client identifier. Twitch: `{ 'client-id': '{client_id}' }`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The headers that tell when a limit is over, where `Retry-After` does not. */
  readonly rateLimit?: RateLimitRules
  /** What error responses mean that do not say it themselves; the first that fits is taken. */
  readonly errors?: readonly ApiErrorHint[]
  /** The API's origin comes with the token. */
  readonly origin?: {
    /** The field of the token's `extra` that holds a URL of it. Salesforce: `'instance_url'`. */
    readonly member: string
    /** Domains that it belongs to: it is one of them, or below one. Salesforce: `['salesforce.com']`. */
    readonly domains: readonly string[]
  }
  /** Where the provider documents it. */
  readonly source?: string
}

/** How an API tells that a limit is reached, and until when. */
export interface RateLimitRules {
  /** The header with the time when the limit is over. GitHub: `'x-ratelimit-reset'`. */
  readonly reset: string
  /** How that time is written: `seconds` from now unless said otherwise. GitHub: `epoch_seconds`. */
  readonly format?: 'seconds' | 'epoch_seconds' | 'epoch_milliseconds' | 'date'
  /** The header with what is left: where it says 0, the limit is reached. GitHub: `'x-ratelimit-remaining'`. */
  readonly remaining?: string
  /** Statuses beside 429 that a limit may have. GitHub: `[403]`. */
  readonly statuses?: readonly number[]
}
