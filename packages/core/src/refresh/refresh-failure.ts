import { GrantError, type GrantErrorCode } from '../errors/grant-error.ts'
import { requiredFor } from '../token/required.ts'
import { isOn } from './honest-times.ts'
import { type RefreshFailure, tokenOf, type TokenRecord } from './token-record.ts'

/**
 * What a failed refresh means: `refused`, only the user can help; `configuration`, the application is at fault and the
 * grant is not; `unknown`, nobody knows whether the server has rotated; `later`, it said to come back.
 */
export type FailureKind = 'refused' | 'configuration' | 'unknown' | 'later'

/** Tells the kinds of failure apart, by codes and never by prose. */
export function kindOf({ code, action, status, oauth }: GrantError): FailureKind {
  if (code === 'reauthorization_required') return 'refused'
  if (action === 'fix_configuration') return 'configuration'
  const silent =
    code === 'timeout' || code === 'network_error' || (status !== undefined && status >= 500 && status !== 503)
  return silent && oauth === undefined ? 'unknown' : 'later'
}

const firstPause = 1000
const longestPause = 120_000
const longestAsked = 3_600_000

/** A refresh that failed. */
interface Failed {
  readonly error: GrantError
  readonly before: RefreshFailure | undefined
  /** Milliseconds of the store's clock. */
  readonly now: number
  /** From 0 to 1. */
  readonly random: number
}

/** Notes a failure, and until when nobody tries again: as long as the server asks, else a jittered pause that doubles. Times are the store's. */
export function failureOf({ error, before, now, random }: Failed): RefreshFailure {
  const count = (before?.count ?? 0) + 1
  const own = Math.min(firstPause * 2 ** (count - 1), longestPause) * (0.75 + random / 2)
  const asked = error.retryAfter === undefined ? 0 : Math.min(error.retryAfter * 1000, longestAsked)
  return { code: error.code, status: error.status, count, at: now, until: now + Math.max(own, asked) }
}

/** Throws while a failure is taken for granted, so that a broken server is not asked by every caller. */
export function refuseFailed({ code, status, at, until }: RefreshFailure, now: number): void {
  if (!isOn(at, until, now)) return
  const retryAfter = Math.ceil((until - now) / 1000)
  throw new GrantError(
    code as GrantErrorCode,
    `the last refresh failed, and the next attempt is due in ${retryAfter} s`,
    { status, retryAfter, action: 'retry' },
  )
}

/** Too many grants were refused at once for each of them to have been ended. */
export function incident({ provider, oauth, status }: GrantError): GrantError {
  return new GrantError(
    'token_error',
    'the provider refuses most grants at the moment, which looks like an incident: nobody is logged out',
    { action: 'retry', provider, oauth, status },
  )
}

/** Only the user can help: what the next login has to ask for is what this grant had. */
export function required(message: string, record?: TokenRecord): GrantError {
  return new GrantError('reauthorization_required', message, { required: requiredFor(tokenOf(record, '')) })
}

/** The error of a refused grant, with what the next login has to ask for. */
export function withRequired(error: GrantError, record: TokenRecord): GrantError {
  return new GrantError(error.code, error.message, {
    ...error,
    cause: error.cause,
    required: requiredFor(tokenOf(record, '')),
  })
}
