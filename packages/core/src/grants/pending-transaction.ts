import { GrantError } from '../errors/grant-error.ts'
import type { GrantPort } from '../protocol/port.ts'
import { isScopeToken } from '../token/scope.ts'
import { isObject } from '../wire/json.ts'
import { checkProvider } from './transaction.ts'

/** A login on another device: plain JSON to keep until the user has decided. What does not apply is absent. */
export interface PendingTransaction {
  /** The requested scopes. */
  readonly scope: readonly string[]
  /** The requested resources (RFC 8707). */
  readonly resource?: string | readonly string[]
  /** The name of the provider. */
  readonly provider: string
  /** The issuer of the provider. */
  readonly issuer?: string
  /** The minimum number of seconds between two token requests: five if the server did not say. */
  readonly interval: number
  /** When the login began, in milliseconds since the epoch. */
  readonly createdAt: number
  /** When the login expires, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** The limits of an interval in seconds, whatever the server says. */
const intervals = { least: 1, most: 300 }

/** An interval within sensible limits, in seconds. */
export function sensibleInterval(seconds: number): number {
  return Math.min(Math.max(seconds, intervals.least), intervals.most)
}

/**
 * Checks a transaction as it comes back from where it was kept: its shape, that it belongs to this provider, and its age.
 * `code` is the field that the token is requested with. Throws `callback_invalid`, `state_mismatch`, `issuer_mismatch` or
 * `transaction_expired`.
 */
export function checkPending<Pending extends PendingTransaction>(
  value: Pending | undefined,
  code: keyof Pending & string,
  { provider, clock }: GrantPort,
): Pending {
  const given: unknown = value
  if (typeof given === 'string')
    throw new GrantError(
      'callback_invalid',
      'the transaction is a string: parse it first, with JSON.parse(transaction)',
    )
  if (!isObject(given) || typeof given[code] !== 'string' || given[code] === '')
    throw new GrantError('state_mismatch', `the transaction has no ${code}: pass the one that authorize() returned`)
  checkProvider(given, provider)
  if (!hasShape(given))
    throw new GrantError(
      'callback_invalid',
      'the transaction is not what authorize() returned: store it whole, as JSON',
    )
  if (clock.now() >= given.expiresAt) throw expired(provider.name)
  return { ...(given as unknown as Pending), interval: sensibleInterval(given.interval) }
}

/** The error for a login that the user has not agreed to in time, with what was heard last. */
export function expired(provider: string, cause?: GrantError): GrantError {
  const message = `the login at ${provider} expired before the user agreed to it: begin again when the user wants to`
  return new GrantError('transaction_expired', message, {
    provider,
    oauth: cause?.oauth,
    status: cause?.status,
    cause,
  })
}

function hasShape(value: Readonly<Record<string, unknown>>): value is Record<string, unknown> & PendingTransaction {
  const { scope, interval, expiresAt } = value
  const isScope = Array.isArray(scope) && scope.every((item) => typeof item === 'string' && isScopeToken(item))
  return isScope && Number.isFinite(interval) && Number.isFinite(expiresAt)
}
