import { request as http } from 'node:http'
import { request as https } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { readBody } from './record.ts'

/** What the engine passes of a request. */
export interface LoopbackRequest {
  readonly method?: string
  readonly headers?: HeadersInit
  readonly body?: string | URLSearchParams
  readonly signal?: AbortSignal
}

/**
 * Sends a request of the server to a client: a logout token, a ping, or for its keys. Only to this machine, whatever is
 * registered. There a certificate proves nothing, so none is checked.
 */
export async function loopbackFetch(url: string, options: LoopbackRequest): Promise<Response> {
  const { protocol, hostname } = new URL(url)
  if (!/^(?:127(?:\.\d+){3}|\[::1\]|localhost)$/.test(hostname))
    throw new TypeError(`a test server sends nothing to ${hostname}: register a URL on 127.0.0.1`)
  const { method = 'GET', headers, body, signal } = options
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const settings = { method, headers: plain(headers, body), agent: false, ...(signal && { signal }) }
    const sent = protocol === 'https:' ? https(url, { ...settings, rejectUnauthorized: false }) : http(url, settings)
    sent.on('response', resolve).on('error', reject)
    sent.end(body?.toString())
  })
  const status = answer.statusCode ?? 502
  const received = await readBody(answer)
  return new Response(received.length === 0 ? null : new Uint8Array(received), { status })
}

function plain(headers: HeadersInit | undefined, body: LoopbackRequest['body']): Record<string, string> {
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body.toString())) }
  return { ...Object.fromEntries(new Headers(headers)), ...length }
}
