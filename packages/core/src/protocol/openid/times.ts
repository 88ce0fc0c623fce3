import { Flaw } from './flaw.ts'

/** Seconds by which the clocks of two honest machines may differ. */
export const tolerance = 30
/** Seconds into the future beyond which an expiry cannot be meant. */
const furthest = 10 * 365 * 24 * 3600
const compare = 'compare the clocks of the two machines'

/** When a signed token is checked, in seconds since the epoch. */
interface Moment {
  readonly now: number
}

/** Checks when a token was issued (`iat`, RFC 7519 §4.1.6): not ahead of the clock, and no more than `oldest` seconds ago. Throws a {@link Flaw}. */
export function checkIssuedAt(
  iat: unknown,
  { now, oldest }: Moment & { readonly oldest: number },
): asserts iat is number {
  if (!isTime(iat)) throw new Flaw('does not say when it was issued (iat)')
  if (iat > now + tolerance)
    throw new Flaw(`was issued ${apart(iat, now)} ahead of this machine's clock: ${compare} (iat)`)
  if (iat < now - oldest) throw new Flaw(`was issued ${apart(iat, now)} ago, which is too long: ${compare} (iat)`)
}

/** Checks when a token expires (`exp`, RFC 7519 §4.1.4). Throws a {@link Flaw}. */
export function checkExpiry(exp: unknown, { now }: Moment): asserts exp is number {
  if (!isTime(exp) || exp > now + furthest) throw new Flaw('has no plausible expiry (exp)')
  if (exp <= now - tolerance) throw new Flaw(`expired ${apart(exp, now)} ago by this machine's clock: ${compare} (exp)`)
}

/** Checks from when on a token is valid, if it says so (`nbf`, RFC 7519 §4.1.5). Throws a {@link Flaw}. */
export function checkNotBefore(nbf: unknown, { now }: Moment): void {
  if (nbf === undefined) return
  if (!isTime(nbf)) throw new Flaw('does not say from when on it is valid (nbf)')
  if (nbf > now + tolerance)
    throw new Flaw(`is not valid for another ${apart(nbf, now)} by this machine's clock: ${compare} (nbf)`)
}

/** Whether a claim is a time: seconds since the epoch. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function apart(time: number, now: number): string {
  return `${Math.abs(Math.round(time - now))} s`
}
