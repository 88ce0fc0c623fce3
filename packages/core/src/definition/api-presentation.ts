import type { ProviderDefinition } from './provider-definition.ts'
import { isSecure, parseUrl } from './url.ts'

/** What a request to the provider's API carries. */
export interface PresentedToken {
  /** By names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

/** Presents a token as the provider's API wants it: in the `Authorization` header (RFC 6750 §2.1), unless the definition names another one. Never in the URL. */
export function presentToken(
  { api }: Pick<ProviderDefinition, 'api'>,
  token: { readonly tokenType: string; readonly accessToken: string },
  clientId: string,
): PresentedToken {
  const { header, scheme } = api?.token ?? {}
  const fixed = Object.entries(api?.headers ?? {}).map(
    ([name, value]) => [name.toLowerCase(), value.replaceAll('{client_id}', clientId)] as const,
  )
  const prefix = scheme ?? (header === undefined ? token.tokenType : '')
  const presented = prefix === '' ? token.accessToken : `${prefix} ${token.accessToken}`
  return { headers: { ...Object.fromEntries(fixed), [(header ?? 'authorization').toLowerCase()]: presented } }
}

/** The origins that a token may be sent to: those of the definition, and the one that came with the token. */
export function apiOriginsOf(
  { apiOrigins = [], api }: Pick<ProviderDefinition, 'apiOrigins' | 'api'>,
  token: { readonly extra: Readonly<Record<string, unknown>> },
): readonly string[] {
  const { member, domains = [] } = api?.origin ?? {}
  const url = member === undefined ? undefined : parseUrl(token.extra[member])
  const known = url && isSecure(url) && domains.some((domain) => `.${url.hostname}`.endsWith(`.${domain}`))
  return known && !apiOrigins.includes(url.origin) ? [...apiOrigins, url.origin] : apiOrigins
}

/** Whether an answer says that a limit is reached: 429 does everywhere, another status only where the definition says so. */
export function isRateLimited(
  { api }: Pick<ProviderDefinition, 'api'>,
  { status, headers }: { readonly status: number; readonly headers: Headers },
): boolean {
  const { remaining, statuses = [] } = api?.rateLimit ?? {}
  if (status === 429) return true
  const spent = remaining === undefined || headers.get(remaining)?.trim() === '0'
  return statuses.includes(status) && (spent || headers.has('retry-after'))
}

/** Seconds until a reached limit ends, by the provider's own header; undefined where that says nothing. `Retry-After` goes before it. */
export function rateLimitOf(
  { api }: Pick<ProviderDefinition, 'api'>,
  headers: Headers,
  now: number,
): number | undefined {
  const { reset, format = 'seconds' } = api?.rateLimit ?? {}
  const value = reset === undefined ? null : headers.get(reset)
  return value === null ? undefined : secondsUntil(value.trim(), format, now)
}

function secondsUntil(value: string, format: string, now: number): number | undefined {
  const end = format === 'date' ? Date.parse(value) : /^\d{1,16}(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(end)) return undefined
  const ends = { seconds: now + end * 1000, epoch_seconds: end * 1000, epoch_milliseconds: end, date: end }
  return Math.max(0, Math.ceil((ends[format as keyof typeof ends] - now) / 1000))
}
