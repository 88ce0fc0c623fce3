import { GrantError } from '../errors/grant-error.ts'
import { retryAfter } from '../transport/retry-after.ts'

/** What a retry policy of your own is asked about. */
export interface RetryQuestion {
  /** The answer; its body has not been read. */
  readonly response: Response
  /** How often the request was sent so far: 1 the first time. */
  readonly attempt: number
  /** Seconds that the server asked to wait, where it did. */
  readonly retryAfter: number | undefined
}

/** How {@link authorizedFetch} waits for an API that is busy. */
export interface RetryOptions {
  /** How often a request is sent again at most: 2 unless given. */
  readonly limit?: number | undefined
  /** Seconds that one pause may last: 60 unless given. A server that asks for more gets no second request; the call rejects with `rate_limited`. */
  readonly longestWait?: number | undefined
  /** The statuses that are worth another attempt: 429 and 503 unless given. */
  readonly statuses?: readonly number[] | undefined
}

/** Waits as told, or as a function of your own decides: the seconds to wait, or undefined to keep the answer. */
export type RetryPolicy = RetryOptions | ((question: RetryQuestion) => number | undefined)

/** A decided policy: the milliseconds to wait, or undefined to keep the answer. Throws `rate_limited`. */
export type Decide = (response: Response, attempt: number, method: string) => number | undefined

/** Safe to send twice, whatever became of the first (RFC 9110 §9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

/** Makes one function of a policy. Without a policy nothing is sent again. */
export function retryDecision(
  policy: RetryPolicy | undefined,
  asked: (headers: Headers) => number | undefined,
  random: () => number = Math.random,
): Decide {
  if (policy === undefined) return () => undefined
  if (typeof policy === 'function')
    return (response, attempt) => {
      const seconds = policy({ response, attempt, retryAfter: asked(response.headers) })
      return seconds === undefined ? undefined : seconds * 1000
    }
  const { limit = 2, longestWait = 60, statuses = [429, 503] } = policy
  return (response, attempt, method) => {
    if (!statuses.includes(response.status)) return undefined
    const wanted = asked(response.headers)
    if (response.status !== 429 && wanted === undefined && !idempotent.has(method)) return undefined // it may have been carried out
    if (wanted !== undefined && wanted > longestWait) throw tooLong(response.status, wanted)
    if (attempt > limit) return undefined
    const seconds = wanted ?? Math.min(2 ** (attempt - 1), longestWait)
    return seconds * 1000 * (1 + random() / 10) // a fleet does not come back in step
  }
}

/** Waits for nothing, and rejects where the server asks for longer than `longestWait` seconds: for a client that does the waiting. */
export function refuseLongWait(longestWait: number): RetryPolicy {
  return ({ response, retryAfter: seconds }) => {
    const busy = response.status === 429 || response.status === 503
    if (busy && seconds !== undefined && seconds > longestWait) throw tooLong(response.status, seconds)
    return undefined
  }
}

/** Seconds that a `Retry-After` header asks to wait. */
export function askedBy(now: () => number): (headers: Headers) => number | undefined {
  return (headers) => retryAfter(headers, now())
}

function tooLong(status: number, seconds: number): GrantError {
  return new GrantError(
    'rate_limited',
    `the API asks to come back in ${seconds} s, which is longer than this call waits`,
    { status, retryAfter: seconds },
  )
}
