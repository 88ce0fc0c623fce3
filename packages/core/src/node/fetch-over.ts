import type { Agent, Dispatcher } from 'undici'
import { GrantError } from '../errors/grant-error.ts'
import { type Lookup, publicLookup, refusePrivateHost } from './addresses.ts'
import { given, type NodeFetchOptions } from './options.ts'
import { type NodeRequest, readRequest } from './request.ts'
import { type Received, toResponse } from './response.ts'
import type { Undici } from './undici.ts'

/** What a `fetch` stands on. */
export interface Foundation {
  /** Loads undici. */
  undici(): Promise<Undici>
  readonly lookup: Lookup
}

/** A `fetch` over undici, with options that were checked. */
export function fetchOver(options: NodeFetchOptions, foundation: Foundation): typeof globalThis.fetch {
  const connect = connectionOf(options, foundation.lookup)
  let dispatcher = options.dispatcher as Dispatcher | undefined
  let undici: Undici | undefined
  return async (input, init = {}) => {
    const request = await readRequest(input, init)
    if (options.privateAddresses === 'refused') refusePrivateHost(request.url.hostname)
    undici ??= await foundation.undici()
    dispatcher ??= connect && new undici.Agent({ connect })
    return exchange(undici, request, dispatcher)
  }
}

/** How connections of our own are made; undefined where undici's global dispatcher makes them. */
function connectionOf({ tls, privateAddresses }: NodeFetchOptions, lookup: Lookup): Agent.Options['connect'] {
  if (tls === undefined && privateAddresses !== 'refused') return undefined
  return { ...(tls && given(tls)), ...(privateAddresses === 'refused' && { lookup: publicLookup(lookup) }) }
}

async function exchange(
  { request: send }: Undici,
  request: NodeRequest,
  dispatcher: Dispatcher | undefined,
): Promise<Response> {
  const { url, method, body, signal, redirect } = request
  const explain = (error: unknown): unknown => failure(error, signal)
  let received: Received | undefined
  try {
    signal?.throwIfAborted()
    received = await send(url, { method, body, signal, headers: headersOf(request), ...(dispatcher && { dispatcher }) })
    signal?.throwIfAborted() // undici takes a reason such as 0 for a success
    received.body.on('error', () => undefined) // its reader sees the error, if there is one
    if (redirect === 'error' && isRedirect(received.statusCode)) throw new Error('unexpected redirect')
    return toResponse(received, request, explain)
  } catch (error) {
    received?.body?.destroy()
    throw explain(error)
  }
}

function headersOf({ headers }: NodeRequest): Readonly<Record<string, string>> {
  const encoding = 'range' in headers ? 'identity' : 'gzip, br' // a range of a compressed body cannot be decoded
  return { accept: '*/*', 'accept-encoding': encoding, 'user-agent': 'grantkit', ...headers }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** As `fetch` does it: the reason of the abort, or a TypeError whose cause says what happened; and what we refuse ourselves. */
function failure(error: unknown, signal: AbortSignal | null): unknown {
  if (signal?.aborted) return signal.reason
  if (error instanceof GrantError) return new GrantError(error.code, error.message) // requests may wait for one connection
  return new TypeError('fetch failed', { cause: error })
}
