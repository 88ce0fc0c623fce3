import { Readable } from 'node:stream'
import type { Agent, Dispatcher } from 'undici'
import { GrantError } from '../errors/grant-error.ts'
import { type Lookup, publicLookup, refusePrivateHost } from './addresses.ts'
import { given, type NodeFetchOptions } from './options.ts'
import { type NodeRequest, readRequest } from './request.ts'
import { toResponse } from './response.ts'
import type { Undici } from './undici.ts'

/** What a `fetch` is built on; a test passes its own. */
export interface Foundation {
  /** Loads undici. */
  undici(): Promise<Undici>
  readonly lookup: Lookup
}

/** A `fetch` over undici. The options were checked. */
export function fetchOver(options: NodeFetchOptions, foundation: Foundation): typeof globalThis.fetch {
  const connect = connectionOf(options, foundation.lookup)
  let dispatcher = options.dispatcher as Dispatcher | undefined
  let undici: Undici | undefined
  return async (input, init = {}) => {
    const request = await readRequest(input, init)
    try {
      request.signal?.throwIfAborted()
      if (options.privateAddresses === 'refused') refusePrivateHost(request.url.hostname)
      undici ??= await foundation.undici()
      dispatcher ??= connect && new undici.Agent({ connect })
      return await exchange(undici, request, dispatcher)
    } catch (error) {
      if (request.body instanceof Readable) request.body.destroy()
      throw failure(error, request)
    }
  }
}

/** How connections of our own are made; undefined where undici's global dispatcher makes them. */
function connectionOf({ tls, privateAddresses }: NodeFetchOptions, lookup: Lookup): Agent.Options['connect'] {
  if (tls === undefined && privateAddresses !== 'refused') return undefined
  return { ...(tls && given(tls)), ...(privateAddresses === 'refused' && { lookup: publicLookup(lookup) }) }
}

async function exchange(undici: Undici, request: NodeRequest, dispatcher: Dispatcher | undefined): Promise<Response> {
  const { url, method, body, signal, redirect } = request
  const sent = { method, body, signal, headers: headersOf(request), ...(dispatcher && { dispatcher }) }
  const received = await undici.request(url, sent)
  signal?.throwIfAborted() // undici takes an abort with a reason such as 0 for a success
  received.body.on('error', () => undefined) // whoever reads the body sees the error
  try {
    if (redirect === 'error' && isRedirect(received.statusCode)) throw new Error('unexpected redirect')
    return toResponse(received, request, (error) => failure(error, request))
  } catch (error) {
    received.body.destroy()
    throw error
  }
}

function headersOf({ headers }: NodeRequest): Readonly<Record<string, string>> {
  const encoding = 'range' in headers ? 'identity' : 'gzip, br' // a part of a compressed body cannot be decoded
  return { accept: '*/*', 'accept-encoding': encoding, 'user-agent': 'grantkit', ...headers }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** What `fetch` would reject with: the reason of the abort, or a TypeError whose cause says what happened. An error of ours stays one. */
function failure(error: unknown, { signal }: NodeRequest): unknown {
  if (signal?.aborted) return signal.reason
  return error instanceof GrantError ? error : new TypeError('fetch failed', { cause: error })
}
