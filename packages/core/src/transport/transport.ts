import { isPrivateHost } from '../definition/check/private-address.ts'
import { checkServerUrl } from '../definition/check/url.ts'
import { copyOf, GrantError } from '../errors/grant-error.ts'
import type { Clock } from './clock.ts'
import { withDeadline } from './deadline.ts'
import { readBody } from './read-body.ts'

/** How requests to OAuth endpoints are made. */
export interface Transport {
  /** The name of the provider, for errors. */
  readonly provider: string
  /** The `fetch` that carries them. */
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds for one request, from connecting to the last byte of the body, with all its retries. */
  readonly timeout: number
  /** The clock that measures the deadline. */
  readonly clock: Clock
  /** The most bytes that a response may have, once decompressed, by what it is. */
  readonly limits: { readonly [Kind in keyof ResponseLimits]-?: number }
  /** Whether a URL that came from outside may lead to an address of this machine or its network. */
  readonly privateAddresses: 'allowed' | 'refused'
  /** Hosts, with their port, to which plain http is allowed besides loopback. */
  readonly httpHosts: readonly string[]
  /** Hears of every request, once it is over. */
  readonly observe: (request: ObservedRequest) => void
}

/** The most bytes that a response of a provider may have, counted after decompression. */
export interface ResponseLimits {
  /** Responses of the token endpoint: 1 MiB unless given. */
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
  /** The most bytes that its response may have, once decompressed. */
  readonly maxBytes: number
}

/** What a request is for, and what no error about it may show. */
export interface Purpose {
  /** The grant that is run, for the event. */
  readonly grantType?: string | undefined
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined
  readonly secrets?: readonly string[]
}

/** A request that is over, for logs and traces. */
export interface ObservedRequest {
  readonly method: string
  /** Without its query. */
  readonly url: string
  readonly grantType?: string
  /** Absent where there was no response. */
  readonly status?: number
  /** Milliseconds. */
  readonly duration: number
}

/** As much of `Headers` as is read of a response. */
export type ResponseHeaders = Pick<Headers, 'get'> & Iterable<[string, string]>

/** A response, read to its end. */
export interface OAuthResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: string
}

/**
 * Sends one request to an OAuth endpoint and reads its response, under every guard: https or loopback, no redirect
 * followed, a byte cap, one deadline. Rejects with a `GrantError`.
 */
export function send(transport: Transport, request: OAuthRequest, purpose: Purpose): Promise<OAuthResponse> {
  checkTarget(transport, 'the endpoint', request.url)
  return underGuard(transport, request.url, {
    ...purpose,
    work: (signal) => sendOnce(transport, request, { ...purpose, signal }),
  })
}

/** Checks where a request is about to go. Throws `insecure_url` or `metadata_invalid`. */
export function checkTarget({ provider, privateAddresses, httpHosts }: Transport, what: string, target: string): void {
  const { hostname } = checkServerUrl(what, target, { httpHosts })
  if (privateAddresses === 'refused' && isPrivateHost(hostname))
    throw new GrantError(
      'insecure_url',
      `${what} of ${provider} leads to the private address ${hostname}, which the option privateAddresses refuses`,
      { provider },
    )
}

/** Runs some requests under one deadline, and makes a `GrantError` of whatever they throw. */
export async function underGuard<T>(
  { provider, clock, timeout }: Transport,
  url: string,
  {
    work,
    signal,
    secrets = [],
  }: Pick<Purpose, 'signal' | 'secrets'> & { readonly work: (signal: AbortSignal) => Promise<T> },
): Promise<T> {
  const place = `${provider} at ${placeOf(url)}`
  try {
    return await withDeadline({ clock, timeout, signal, provider, late: `no complete response of ${place}` }, work)
  } catch (error) {
    if (error instanceof GrantError) throw located(error, provider, place)
    const code = codeOf(error)
    const message = `${place} could not be reached, or broke off its response${code === undefined ? '' : ` (${code})`}`
    throw new GrantError('network_error', message, { provider, cause: error, secrets })
  }
}

/** An error from below, such as that of a response that is too large, for the request that it was met in. */
function located(error: GrantError, provider: string, place: string): GrantError {
  return error.provider === undefined ? copyOf(error, { provider, message: `${error.message} (${place})` }) : error
}

/** Sends a request whose URL was checked and whose deadline runs already. */
export async function sendOnce(transport: Transport, request: OAuthRequest, purpose: Purpose): Promise<OAuthResponse> {
  const { url, method, headers, body, maxBytes } = request
  const { grantType, signal } = purpose
  const startedAt = transport.clock.now()
  let status: number | undefined
  try {
    const init = {
      method,
      headers,
      ...(body !== undefined && { body }),
      redirect: 'manual',
      signal: signal ?? null,
    } as const
    const response = await transport.fetch(url, init)
    ;({ status } = response)
    refuseRedirect(response, transport.provider, url)
    return { status, headers: response.headers, body: await readBody(response, maxBytes) }
  } finally {
    const duration = Math.max(0, transport.clock.now() - startedAt) // a clock may be set back meanwhile
    transport.observe({
      method,
      url: withoutQuery(url),
      ...(grantType !== undefined && { grantType }),
      ...(status !== undefined && { status }),
      duration,
    })
  }
}

/** A redirect would carry a code or a secret to wherever it points (RFC 9700 §4.12). A browser shows it as an opaque response only. */
function refuseRedirect(response: Response, provider: string, url: string): void {
  const { type, redirected, status, headers } = response
  if (type !== 'opaqueredirect' && !redirected && (status < 300 || status >= 400)) return
  void response.body?.cancel().catch(() => undefined) // nobody reads it
  const location = headers.get('location')
  const target =
    location !== null && URL.canParse(location, url) ? ` to ${withoutQuery(new URL(location, url).href)}` : ''
  const message = `${provider} redirects ${placeOf(url)}${target}, which is never followed: write the URL it moved to`
  throw new GrantError('redirect_refused', message, { provider, status: status || undefined })
}

/** Host and path of a URL, for a message: a query may hold a secret. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

function withoutQuery(url: string): string {
  const { origin, host, protocol, pathname } = new URL(url)
  return `${origin === 'null' ? `${protocol}//${host}` : origin}${pathname}`
}

/** The system's code of what went wrong, such as `ENOTFOUND`: a runtime may hide it in a cause. */
function codeOf(error: unknown, depth = 5): string | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : codeOf(cause, depth - 1)
}
