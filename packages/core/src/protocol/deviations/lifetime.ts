import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import type { Fields } from './fields.ts'
import type { Used } from './used.ts'

/** Writes lifetimes in seconds from now (RFC 6749 §5.1). What cannot be read so stays as it is, to be refused. */
export function countLifetimes(
  fields: Fields,
  { expiresIn, refreshExpiresIn }: TokenResponseDeviations,
  now: number,
  used: Used,
): void {
  count(fields, 'expires_in', 'tokenResponse.expiresIn', expiresIn?.format, now, used)
  count(fields, 'refresh_token_expires_in', 'tokenResponse.refreshExpiresIn', refreshExpiresIn?.format, now, used)
  if (expiresIn?.default === undefined || 'expires_in' in fields) return
  used('tokenResponse.expiresIn.default')
  fields['expires_in'] = expiresIn.default
}

function count(fields: Fields, name: string, place: string, format: string | undefined, now: number, used: Used): void {
  const end = format === undefined ? undefined : endOf(fields[name], format, now)
  if (end === undefined) return
  used(`${place}.format`)
  fields[name] = Math.max(0, Math.floor((end - now) / 1000))
}

/** When a token expires, in milliseconds since the epoch. */
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
