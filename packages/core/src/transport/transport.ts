import { GrantError } from '../errors/grant-error.ts'
import { isPrivateHost } from '../definition/private-address.ts'
import { checkServerUrl } from '../definition/url.ts'
import type { Clock } from './clock.ts'
import { withDeadline } from './deadline.ts'
import { readBody } from './read-body.ts'

/** How requests to OAuth endpoints are made. */
export interface Transport {
  /** The `fetch` that carries them. */
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds for one request, from connecting to the last byte of the body, with all its retries. */
  readonly timeout: number
  /** The clock that measures the deadline. */
  readonly clock: Clock
  /** The most bytes that an answer may have, once decompressed, by what it is. */
  readonly limits: { readonly [Kind in keyof ResponseLimits]-?: number }
  /** Whether a URL that came from outside may lead to an address of this machine or its network. */
  readonly privateAddresses: 'allowed' | 'refused'
}

/** The most bytes that an answer of a provider may have, counted after decompression. */
export interface ResponseLimits {
  /** Answers of the token endpoint: 1 MiB unless given. */
  readonly token?: number | undefined
  /** Metadata documents: 512 KiB unless given. */
  readonly metadata?: number | undefined
  /** Key sets: 512 KiB unless given. */
  readonly keys?: number | undefined
}

/** A request to an OAuth endpoint. */
export interface OAuthRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal | undefined
  /** The most bytes that its answer may have, once decompressed. */
  readonly maxBytes: number
}

/** What no error may show; looked at only when there is one. */
export interface Guarded {
  readonly secrets: readonly string[]
}

/** As much of `Headers` as is read of an answer. */
export type AnswerHeaders = Pick<Headers, 'get'> & Iterable<[string, string]>

/** An answer, read to its end. */
export interface OAuthAnswer {
  readonly status: number
  readonly headers: AnswerHeaders
  readonly body: string
}

/**
 * Sends one request to an OAuth endpoint and reads its answer, under every guard: https or loopback, no redirect
 * followed, a byte cap, one deadline. Rejects with a `GrantError`.
 */
export function send(transport: Transport, request: OAuthRequest, guarded?: Guarded): Promise<OAuthAnswer> {
  const work = (signal: AbortSignal): Promise<OAuthAnswer> => {
    checkTarget(transport, 'the endpoint', request.url)
    return sendOnce(transport, request, signal)
  }
  return underGuard(transport, request.signal, work, guarded)
}

/** The endpoint that each transport was last used for, which needs no second look. */
const lastChecked = new WeakMap<Transport, string>()

/** Checks where a request is about to go. Throws `insecure_url` or `metadata_invalid`. */
export function checkTarget(transport: Transport, what: string, target: string): void {
  if (lastChecked.get(transport) === target) return
  const { privateAddresses } = transport
  const { hostname } = checkServerUrl(what, target)
  if (privateAddresses === 'refused' && isPrivateHost(hostname))
    throw new GrantError(
      'insecure_url',
      `${what} leads to the private address ${hostname}, which this provider refuses`,
    )
  lastChecked.set(transport, target)
}

/** Runs some requests under one deadline, and makes a `GrantError` of whatever they throw. */
export async function underGuard<T>(
  { clock, timeout }: Transport,
  caller: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
  guarded?: Guarded,
): Promise<T> {
  try {
    return await withDeadline(clock, timeout, caller, work)
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new GrantError('network_error', 'the server could not be reached, or broke off its answer', {
      cause: error,
      ...(guarded && { secrets: guarded.secrets }),
    })
  }
}

/** Sends a request whose URL was checked and whose deadline runs already. */
export async function sendOnce({ fetch }: Transport, request: OAuthRequest, signal: AbortSignal): Promise<OAuthAnswer> {
  const { url, method, headers, body, maxBytes } = request
  const response = await fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal,
  })
  refuseRedirect(response)
  return { status: response.status, headers: response.headers, body: await readBody(response, maxBytes) }
}

/** A redirect would carry a code or a secret to wherever it points (RFC 9700 §4.12). A browser shows it as an opaque answer only. */
function refuseRedirect(response: Response): void {
  const redirect =
    response.type === 'opaqueredirect' || response.redirected || (response.status >= 300 && response.status < 400)
  if (!redirect) return
  void response.body?.cancel().catch(() => undefined) // nobody reads it
  throw new GrantError(
    'redirect_refused',
    'the endpoint answered with a redirect, which is never followed: write the URL it moved to',
    { status: response.status || undefined },
  )
}
