import { checkServerUrl } from '../definition/check/url.ts'
import { copyOf, GrantError } from '../errors/grant-error.ts'
import { untilAborted, withDeadline } from './deadline.ts'
import { load } from './load.ts'
import { placeOf, withoutQuery } from './place.ts'
import { readBody } from './read-body.ts'
import type { OAuthRequest, OAuthResponse, SendOptions, Transport } from './transport.ts'

/**
 * Sends one request to an OAuth endpoint and reads its response, under every guard: https or loopback, no redirect
 * followed, a byte cap, one deadline. Rejects with a `GrantError`.
 */
export async function send(transport: Transport, request: OAuthRequest, options: SendOptions): Promise<OAuthResponse> {
  await checkTarget(transport, 'the endpoint', request.url)
  const work = async (signal: AbortSignal): Promise<OAuthResponse> => {
    const response = await sendOnce(transport, request, { ...options, signal })
    const next = await options.again?.(response)
    if (!next) return response
    await checkTarget(transport, 'the endpoint', next.url)
    signal.throwIfAborted() // meanwhile
    return sendOnce(transport, next, { ...options, signal })
  }
  return underGuard(transport, request.url, { ...options, work })
}

/** Checks where a request is about to go. Rejects with `insecure_url` or `metadata_invalid`. */
export async function checkTarget(
  { provider, privateAddresses, httpHosts }: Transport,
  what: string,
  target: string,
): Promise<void> {
  const { hostname } = checkServerUrl(what, target, { httpHosts })
  if (privateAddresses === 'allowed') return
  const { isPrivateHost } = await load(() => import('../definition/check/private-address.ts'))
  if (!isPrivateHost(hostname)) return
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
    secrets = () => [],
  }: Pick<SendOptions, 'signal' | 'secrets'> & { readonly work: (signal: AbortSignal) => Promise<T> },
): Promise<T> {
  const place = `${provider} at ${placeOf(url)}`
  try {
    return await withDeadline({ clock, timeout, signal, provider, late: `no complete response from ${place}` }, work)
  } catch (error) {
    if (error instanceof GrantError) throw located(error, provider, place)
    const code = codeOf(error)
    const message = `${place} could not be reached, or its response broke off${code === undefined ? '' : ` (${code})`}`
    throw new GrantError('network_error', message, { provider, cause: error, secrets: secrets() })
  }
}

/** An error of a lower layer, such as a response that is too large, with the request that caused it. */
function located(error: GrantError, provider: string, place: string): GrantError {
  return error.provider === undefined ? copyOf(error, { provider, message: `${error.message} (${place})` }) : error
}

/** Sends a request whose URL was checked, and whose deadline aborts the signal. It is observed, whatever the outcome. */
export async function sendOnce(
  transport: Transport,
  request: OAuthRequest,
  { grantType, signal }: Pick<SendOptions, 'grantType'> & { readonly signal: AbortSignal },
): Promise<OAuthResponse> {
  const { url, method } = request
  const startedAt = transport.clock.now()
  let status: number | undefined
  const exchange = async (): Promise<OAuthResponse> => {
    const response = await transport.fetch(url, initOf(request, signal))
    ;({ status } = response)
    refuseRedirect(response, transport.provider, url)
    return { status, headers: response.headers, body: await readBody(response, request.maxBytes) }
  }
  try {
    return await untilAborted(exchange(), signal)
  } finally {
    transport.observe({
      method,
      url: withoutQuery(url),
      ...(grantType !== undefined && { grantType }),
      ...(status !== undefined && { status }),
      duration: Math.max(0, transport.clock.now() - startedAt), // a clock may be set back meanwhile
    })
  }
}

function initOf({ method, headers, body }: OAuthRequest, signal: AbortSignal): RequestInit {
  return { method, headers, ...(body !== undefined && { body }), redirect: 'manual', signal }
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

/** The system's code of what went wrong, such as `ENOTFOUND`: a runtime may hide it in a cause. */
function codeOf(error: unknown, depth = 5): string | undefined {
  if (!(error instanceof Error) || depth === 0) return undefined
  const { code, cause } = error as { readonly code?: unknown; readonly cause?: unknown }
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(code) ? code : codeOf(cause, depth - 1)
}
