import { GrantError } from '../errors/grant-error.ts'
import { parseJson } from '../wire/json.ts'
import { retryAfter } from '../wire/retry-after.ts'
import { checkTarget, sendOnce, underGuard } from './send.ts'
import type { OAuthResponse, Transport } from './transport.ts'

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

/** A response to a GET. */
export interface JsonResponse {
  readonly status: number
  /** The JSON body if the status is 200; undefined if it is not JSON. */
  readonly json: unknown
  /** Its content type, for an error. */
  readonly type: string
}

/** Statuses after which the same GET may succeed. */
const transient: ReadonlySet<number> = new Set([408, 413, 429, 500, 502, 503, 504])

/**
 * Gets a public document, such as metadata or keys; since that changes nothing, a failed attempt is repeated with
 * backoff, as long as the one deadline lasts. Rejects with a `GrantError`.
 */
export async function getJson(transport: Transport, document: Document): Promise<JsonResponse> {
  const { what, url, signal } = document
  await checkTarget(transport, what, url)
  const work = (deadline: AbortSignal): Promise<OAuthResponse> => getWithRetries(transport, document, deadline)
  const { status, headers, body } = await underGuard(transport, url, { work, signal })
  return {
    status,
    json: status === 200 ? parseJson(body) : undefined,
    type: headers.get('content-type') ?? 'no content type',
  }
}

async function getWithRetries(
  transport: Transport,
  { url, maxBytes }: Document,
  signal: AbortSignal,
): Promise<OAuthResponse> {
  const request = { url, method: 'GET', headers: { accept: 'application/json' }, maxBytes } as const
  for (let attempt = 1; ; attempt++) {
    const last = attempt === attempts
    const response = await sendOnce(transport, request, { signal }).catch((error: unknown) => {
      if (last || signal.aborted || error instanceof GrantError) throw error
      return undefined
    })
    if (response && (last || !transient.has(response.status))) return response
    await transport.clock.sleep(pause(transport, response, attempt), signal)
  }
}

/** Milliseconds before the next attempt: what the server asks for, up to a cap, else a jittered and growing pause. */
function pause({ clock }: Transport, response: OAuthResponse | undefined, attempt: number): number {
  const asked = response && retryAfter(response.headers, clock.now())
  if (asked !== undefined) return Math.min(asked, longestPause) * 1000
  return 100 * 2 ** attempt * (1 + Math.random())
}
