import type { RefreshTokenFacts } from '../definition/provider-definition.ts'

/** What is known of the refresh token of a response. */
interface Known {
  /** What the server says, in milliseconds since the epoch. */
  readonly refreshExpiresAt?: number | undefined
  readonly authorizedAt?: number | undefined
}

/**
 * When a refresh token expires that was issued or used now: when the server says, else after the provider's idle
 * lifetime, and never after the absolute lifetime of the grant. Milliseconds since the epoch.
 */
export function refreshEnd(
  { refreshExpiresAt, authorizedAt }: Known,
  { absoluteLifetime, idleLifetime }: RefreshTokenFacts = {},
  now: number,
): number | undefined {
  const unused = refreshExpiresAt ?? after(now, idleLifetime)
  const end = after(authorizedAt, absoluteLifetime)
  return unused === undefined || end === undefined ? (unused ?? end) : Math.min(unused, end)
}

function after(time: number | undefined, seconds: number | undefined): number | undefined {
  return time === undefined || seconds === undefined ? undefined : time + seconds * 1000
}
