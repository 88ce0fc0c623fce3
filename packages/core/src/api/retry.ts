import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { isObject } from '../wire/json.ts'
import type { Busyness } from './busyness.ts'

/** The argument of a custom retry policy. */
export interface RetryQuestion {
  /** The response; its body has not been read. */
  readonly response: Response
  /** How often the request was sent so far: 1 the first time. */
  readonly attempt: number
  /** Seconds to wait, if the server specified them. */
  readonly retryAfter: number | undefined
  /** Whether the response says that a limit is reached: 429 does, and what the provider's definition declares beside it. */
  readonly rateLimited: boolean
}

/** How {@link authorizedFetch} waits for an API that is busy. */
export interface RetryOptions {
  /** How often a request is sent again at most: 2 unless given. */
  readonly limit?: number | undefined
  /** Seconds that one pause may last: 60 by default. A server that asks for more gets no second request; the call rejects with `rate_limited`. */
  readonly longestWait?: number | undefined
  /** The statuses that are worth another attempt: 429 and 503 unless given. */
  readonly statuses?: readonly number[] | undefined
}

/** Waits as told, or as a function of your own decides: the seconds to wait, or undefined to keep the response. */
export type RetryPolicy = RetryOptions | ((question: RetryQuestion) => number | undefined)

/** A decided policy: the milliseconds to wait, or undefined to keep the response. Throws `rate_limited`. */
export type Decide = (response: Response, attempt: number, method: string) => number | undefined

/** Safe to send twice, whatever became of the first (RFC 9110 §9.2.2). */
const idempotent: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE'])

const fields = { what: 'retry', fields: ['limit', 'longestWait', 'statuses'] }

/** Makes one function of a policy. Without a policy nothing is sent again. Throws `config_invalid`. */
export function retryDecision(
  policy: RetryPolicy | undefined,
  busy: Busyness,
  random: () => number = Math.random,
): Decide {
  if (policy === undefined) return () => undefined
  if (typeof policy === 'function')
    return (response, attempt) => {
      const rateLimited = busy.rateLimited(response)
      const seconds = policy({ response, attempt, retryAfter: busy.retryAfter(response), rateLimited })
      return seconds === undefined ? undefined : seconds * 1000
    }
  const { limit = 2, longestWait = 60, statuses = [429, 503] } = checked(policy)
  return (response, attempt, method) => {
    const rateLimited = busy.rateLimited(response)
    if (!statuses.includes(response.status) && !(rateLimited && response.status !== 429)) return undefined
    const wanted = busy.retryAfter(response)
    if (!rateLimited && wanted === undefined && !idempotent.has(method)) return undefined // it may have been carried out
    if (wanted !== undefined && wanted > longestWait) throw tooLong(response.status, wanted)
    if (attempt > limit) return undefined
    const seconds = wanted ?? Math.min(2 ** (attempt - 1), longestWait)
    return seconds * 1000 * (1 + random() / 10) // prevents a fleet from retrying in step
  }
}

function checked(policy: RetryOptions): RetryOptions {
  const given: unknown = policy
  if (!isObject(given)) throw invalid('retry has to be an object or a function: write { limit: 2, longestWait: 60 }')
  refuseUnknownFields(given, fields)
  const { limit = 0, longestWait = 0, statuses = [] } = policy
  if (!(limit >= 0)) throw invalid('retry.limit has to be a number of repetitions, such as 2')
  if (!(longestWait >= 0)) throw invalid('retry.longestWait has to be a number of seconds, such as 60')
  if (!Array.isArray(statuses)) throw invalid('retry.statuses has to be an array: write [429, 503]')
  return policy
}

/** Waits for nothing, and rejects where the server asks for longer than `longestWait` seconds: for a client that does the waiting. */
export function refuseLongWait(longestWait: number): RetryPolicy {
  return ({ response, retryAfter: seconds, rateLimited }) => {
    const busy = rateLimited || response.status === 503
    if (busy && seconds !== undefined && seconds > longestWait) throw tooLong(response.status, seconds)
    return undefined
  }
}

function tooLong(status: number, seconds: number): GrantError {
  return new GrantError(
    'rate_limited',
    `the API asks to come back in ${seconds} s, which is longer than this call waits`,
    { status, retryAfter: seconds },
  )
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
