import { GrantError } from '../errors/grant-error.ts'
import { retryAfter } from '../wire/retry-after.ts'
import { checkTarget, type OAuthAnswer, placeOf, sendOnce, type Transport, underGuard } from './transport.ts'

const attempts = 3
const longestPause = 5

/** A public document of a provider. */
export interface Document {
  /** What it is called in errors, such as `jwks_uri`. */
  readonly what: string
  readonly url: string
  /** The most bytes that it may have, once decompressed. */
  readonly maxBytes: number
  readonly signal?: AbortSignal | undefined
}

/** A response to a GET; `json` is what its body holds, where the status is 200. */
export interface JsonAnswer {
  readonly status: number
  readonly json: unknown
}

/** Statuses after which the same GET may succeed. */
const transient: ReadonlySet<number> = new Set([408, 413, 429, 500, 502, 503, 504])

/**
 * Gets a public document, such as metadata or keys; since that changes nothing, a failed attempt is repeated with
 * backoff, as long as the one deadline lasts. Rejects with a `GrantError`.
 */
export async function getJson(transport: Transport, document: Document): Promise<JsonAnswer> {
  const { what, url, signal } = document
  checkTarget(transport, what, url)
  const work = (deadline: AbortSignal): Promise<OAuthAnswer> => getWithRetries(transport, document, deadline)
  const answer = await underGuard(transport, url, { work, signal })
  return { status: answer.status, json: answer.status === 200 ? parse(document, answer) : undefined }
}

async function getWithRetries(
  transport: Transport,
  { url, maxBytes }: Document,
  signal: AbortSignal,
): Promise<OAuthAnswer> {
  const request = { url, method: 'GET', headers: { accept: 'application/json' }, maxBytes } as const
  for (let attempt = 1; ; attempt++) {
    const last = attempt === attempts
    const answer = await sendOnce(transport, request, { signal }).catch((error: unknown) => {
      if (last || signal.aborted || error instanceof GrantError) throw error
      return undefined
    })
    if (answer && (last || !transient.has(answer.status))) return answer
    await transport.clock.sleep(pause(transport, answer, attempt), signal)
  }
}

/** Milliseconds before the next attempt: what the server asks for, up to a cap, else a jittered and growing pause. */
function pause({ clock }: Transport, answer: OAuthAnswer | undefined, attempt: number): number {
  const asked = answer && retryAfter(answer.headers, clock.now())
  if (asked !== undefined) return Math.min(asked, longestPause) * 1000
  return 100 * 2 ** attempt * (1 + Math.random())
}

function parse({ what, url }: Document, { headers, body }: OAuthAnswer): unknown {
  try {
    return JSON.parse(body)
  } catch {
    const type = headers.get('content-type') ?? 'no content type'
    const message = `${what} at ${placeOf(url)} is not JSON (${type})`
    throw new GrantError('discovery_failed', message, { action: 'report', status: 200 })
  }
}
