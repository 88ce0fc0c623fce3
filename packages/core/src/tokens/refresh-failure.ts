import { GrantError, type GrantErrorCode } from '../errors/grant-error.ts'
import type { RefreshFailure } from './token-record.ts'

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

/** Notes a failure, and until when nobody tries again: as long as the server asks, else a jittered pause that doubles. Times are the store's. */
export function failureOf(
  error: GrantError,
  before: RefreshFailure | undefined,
  now: number,
  random: number,
): RefreshFailure {
  const count = (before?.count ?? 0) + 1
  const own = Math.min(firstPause * 2 ** (count - 1), longestPause) * (0.75 + random / 2)
  const asked = error.retryAfter === undefined ? 0 : Math.min(error.retryAfter * 1000, longestAsked)
  return { code: error.code, status: error.status, count, until: now + Math.max(own, asked) }
}

/** Throws while a failure is taken for granted, so that a broken server is not asked by every caller. */
export function refuseFailed({ code, status, until }: RefreshFailure, now: number): void {
  if (now >= until) return
  const retryAfter = Math.ceil((until - now) / 1000)
  throw new GrantError(
    code as GrantErrorCode,
    `the last refresh failed, and the next attempt is due in ${retryAfter} s`,
    { status, retryAfter, action: 'retry' },
  )
}

/** Too many grants were refused at once for each of them to have ended. */
export function incident({ oauth, status }: GrantError): GrantError {
  return new GrantError(
    'token_error',
    'the provider refuses most grants at the moment, which looks like an incident: nobody is logged out',
    {
      action: 'retry',
      oauth,
      status,
    },
  )
}

/** Only the user can help. */
export function required(message: string): GrantError {
  return new GrantError('reauthorization_required', message)
}
