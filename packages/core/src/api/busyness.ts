import type { ApiRules, RateLimitRules } from '../definition/api-rules.ts'
import { retryAfter } from '../wire/retry-after.ts'

/** How an API reports that it is busy. */
export interface Busyness {
  /** Whether a response says that a limit is reached: 429 does everywhere, another status only where the definition says so. */
  rateLimited(response: Response): boolean
  /** Seconds to wait. */
  retryAfter(response: Response): number | undefined
}

/** How a provider's API reports that it is busy: by status and `Retry-After`, and as its definition declares. */
export function busyness({ rateLimit }: Pick<ApiRules, 'rateLimit'>, now: () => number): Busyness {
  const rateLimited = (response: Response): boolean => isRateLimited(rateLimit, response)
  return {
    rateLimited,
    retryAfter(response) {
      const asked = retryAfter(response.headers, now())
      if (asked !== undefined || !rateLimited(response) || !rateLimit) return asked
      return secondsUntilReset(rateLimit, response.headers, now())
    },
  }
}

function isRateLimited(rules: Partial<RateLimitRules> | undefined, { status, headers }: Response): boolean {
  const { remaining, statuses = [] } = rules ?? {}
  if (status === 429) return true
  const spent = remaining === undefined || headers.get(remaining)?.trim() === '0'
  return statuses.includes(status) && (spent || headers.has('retry-after'))
}

function secondsUntilReset(
  { reset, format = 'seconds' }: RateLimitRules,
  headers: Headers,
  now: number,
): number | undefined {
  const value = headers.get(reset)?.trim()
  if (value === undefined) return undefined
  const end = format === 'date' ? Date.parse(value) : /^\d{1,16}(?:\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(end)) return undefined
  const ends = { seconds: now + end * 1000, epoch_seconds: end * 1000, epoch_milliseconds: end, date: end }
  return Math.max(0, Math.ceil((ends[format] - now) / 1000))
}
