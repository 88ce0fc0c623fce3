import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import type { Fields } from './fields.ts'
import type { Reading } from './used.ts'

/** Writes lifetimes in seconds from now (RFC 6749 §5.1). What cannot be read that way stays as it is, and is refused later. */
export function countLifetimes(
  fields: Fields,
  { expiresIn, refreshExpiresIn }: TokenResponseDeviations,
  { now, used }: Reading,
): void {
  const reading = { now, used }
  count(fields, { name: 'expires_in', field: 'expiresIn', format: expiresIn?.format }, reading)
  count(
    fields,
    { name: 'refresh_token_expires_in', field: 'refreshExpiresIn', format: refreshExpiresIn?.format },
    reading,
  )
  if (expiresIn?.default === undefined || 'expires_in' in fields) return
  used('tokenResponse.expiresIn.default')
  fields['expires_in'] = expiresIn.default
}

/** One lifetime of a response, and how the definition says that it is written. */
interface Lifetime {
  readonly name: string
  readonly field: 'expiresIn' | 'refreshExpiresIn'
  readonly format: string | undefined
}

function count(fields: Fields, { name, field, format }: Lifetime, { now, used }: Reading): void {
  const end = format === undefined ? undefined : endOf(fields[name], format, now)
  if (end === undefined) return
  used(`tokenResponse.${field}.format`)
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
