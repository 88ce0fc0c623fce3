import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import type { Members } from './members.ts'
import type { Used } from './used.ts'

/** Writes lives in seconds from now (RFC 6749 §5.1). What cannot be read so stays as it is, to be refused. */
export function countLives(
  members: Members,
  { expiresIn, refreshExpiresIn }: TokenResponseDeviations,
  now: number,
  used: Used,
): void {
  count(members, 'expires_in', 'tokenResponse.expiresIn', expiresIn?.format, now, used)
  count(members, 'refresh_token_expires_in', 'tokenResponse.refreshExpiresIn', refreshExpiresIn?.format, now, used)
  if (expiresIn?.default === undefined || 'expires_in' in members) return
  used('tokenResponse.expiresIn.default')
  members['expires_in'] = expiresIn.default
}

function count(
  members: Members,
  name: string,
  place: string,
  format: string | undefined,
  now: number,
  used: Used,
): void {
  const end = format === undefined ? undefined : endOf(members[name], format, now)
  if (end === undefined) return
  used(`${place}.format`)
  members[name] = Math.max(0, Math.floor((end - now) / 1000))
}

/** When a life ends, in milliseconds since the epoch. */
function endOf(value: unknown, format: string, now: number): number | undefined {
  if (format === 'date') return typeof value === 'string' && iso.test(value) ? finite(Date.parse(value)) : undefined
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined
  if (format === 'milliseconds') return now + number
  return format === 'epoch_seconds' ? number * 1000 : number
}

const iso = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/

function finite(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time
}
