import type { ApiErrorHint } from '../definition/api-errors.ts'
import { GrantError } from '../errors/grant-error.ts'
import { printable } from '../errors/scrub.ts'
import { at } from '../protocol/deviations/path.ts'
import { isObject, parseJson } from '../wire/json.ts'
import type { Clock } from '../transport/clock.ts'
import { withDeadline } from '../transport/deadline.ts'
import { readBody } from '../transport/read-body.ts'
import { retryAfter } from '../wire/retry-after.ts'

const largest = 16 * 1024
/** Milliseconds to wait for the body, because a caller may only need the status. */
const longest = 5000

/** What is needed to explain a response. */
export interface Explanation {
  /** The error responses in the provider's definition. */
  readonly hints: readonly ApiErrorHint[]
  readonly clock: Clock
  /** Values that the response may echo. */
  readonly secrets: readonly string[]
}

/**
 * The error that a response of an API stands for, by what the definition declares. Only a response that a hint could fit
 * is read, as a copy and up to 16 KiB; every other one is left alone.
 */
export async function explain(
  response: Response,
  { hints, clock, secrets }: Explanation,
): Promise<GrantError | undefined> {
  const { status, headers } = response
  const candidates = hints.filter((hint) => hint.status === status)
  if (candidates.length === 0 || /\b(?:html|xml)\b/i.test(headers.get('content-type') ?? '')) return undefined
  const copy = response.clone()
  const read = (signal: AbortSignal): Promise<string> => readBody(copy, largest, signal)
  const text = await withDeadline({ clock, timeout: longest, late: 'no complete response' }, read).catch(
    () => undefined,
  )
  if (text === undefined) return undefined // too long, too slow, or broken off
  const json = parseJson(text)
  const hint = candidates.find((candidate) => fits(candidate, text, json))
  if (!hint) return undefined
  const { code = 'api_error', action, message, reason = String(status) } = hint
  const said = isObject(json) ? (at(json, 'error.message') ?? at(json, 'message')) : text
  const description = typeof said === 'string' ? printable(said).trim() : ''
  return new GrantError(code, message, {
    ...(action && { action }),
    oauth: { error: reason, ...(description !== '' && { errorDescription: description }) },
    status,
    retryAfter: retryAfter(headers, clock.now()),
    secrets,
  })
}

function fits({ body, reason, path = 'error.reason' }: ApiErrorHint, text: string, json: unknown): boolean {
  const kind = json !== undefined ? 'json' : text.trim() === '' ? 'empty' : 'text'
  return (body === undefined || body === kind) && (reason === undefined || at(json, path) === reason)
}
