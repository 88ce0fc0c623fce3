import { GrantError } from '../errors/grant-error.ts'
import { retryAfter } from './retry-after.ts'
import { checkTarget, sendOnce, underGuard, type OAuthAnswer, type Transport } from './transport.ts'

const attempts = 3
const longestPause = 5

/** An answer to a GET; `json` is what its body holds, where the status is 200. */
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
export async function getJson(
  transport: Transport,
  what: string,
  url: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<JsonAnswer> {
  checkTarget(transport, what, url)
  const answer = await underGuard(transport, signal, (deadline) => getWithRetries(transport, url, maxBytes, deadline))
  return { status: answer.status, json: answer.status === 200 ? parse(what, answer) : undefined }
}

async function getWithRetries(
  transport: Transport,
  url: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<OAuthAnswer> {
  const { default: ky } = await import('ky')
  const request = {
    url,
    method: 'GET',
    headers: { accept: 'application/json' },
    signal,
    maxBytes,
  } as const
  let answer: OAuthAnswer | undefined
  const fetch = async (): Promise<Response> => {
    answer = undefined
    answer = await sendOnce(transport, request, signal)
    return new Response(null, { status: answer.status })
  }
  const beforeRetry = ({ retryCount }: { retryCount: number }): Promise<void> =>
    transport.clock.sleep(pause(transport, answer, retryCount), signal)
  await ky
    .get(url, {
      fetch,
      signal,
      timeout: false,
      throwHttpErrors: (status) => transient.has(status),
      retry: { limit: attempts - 1, delay: () => 0, shouldRetry: ({ error }) => !(error instanceof GrantError) },
      hooks: { beforeRetry: [beforeRetry] },
    })
    .catch((error: unknown) => {
      if (!answer) throw error // where there was an answer, its status says more than ky's error
    })
  return answer as OAuthAnswer
}

/** Milliseconds before the next attempt: what the server asks for, up to a cap, else a jittered and growing pause. */
function pause({ clock }: Transport, answer: OAuthAnswer | undefined, retryCount: number): number {
  const asked = answer && retryAfter(answer.headers, clock.now())
  if (asked !== undefined) return Math.min(asked, longestPause) * 1000
  return 100 * 2 ** retryCount * (1 + Math.random())
}

function parse(what: string, { headers, body }: OAuthAnswer): unknown {
  try {
    return JSON.parse(body)
  } catch {
    const type = headers.get('content-type') ?? 'no content type'
    throw new GrantError('discovery_failed', `${what} is no JSON (${type})`, { action: 'report', status: 200 })
  }
}
