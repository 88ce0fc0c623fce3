import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type LookupFunction, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { isPrivateAddress, isPrivateHost } from '../definition/check/private-address.ts'
import { GrantError } from '../errors/grant-error.ts'
import { decoded } from './node-decode.ts'
import { networkError, type NodeFetchOptions, type NodeRequest } from './node-request.ts'

/** Sends a request over `node:http` or `node:https`, with connections, certificates and a look at the address of its own. */
export function httpSender(options: NodeFetchOptions): (request: NodeRequest) => Promise<Response> {
  const guarded = options.privateAddresses === 'refused'
  const connection = { keepAlive: true, ...(guarded && { lookup: publicLookup }) }
  const agents = { 'http:': new HttpAgent(connection), 'https:': new HttpsAgent({ ...connection, ...options.tls }) }
  return async (request) => {
    const { protocol, hostname } = request.url
    if (guarded && isPrivateHost(hostname)) throw refused(hostname)
    return send(request, agents[protocol as keyof typeof agents], guarded)
  }
}

function send(
  { url, method, headers, body, signal }: NodeRequest,
  agent: HttpAgent,
  guarded: boolean,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const options: RequestOptions = {
      method,
      headers: { 'accept-encoding': 'gzip, br, deflate', 'user-agent': 'grantkit', ...headers },
      agent,
    }
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options)
    const abort = (): void => void request.destroy(signal?.reason as Error)
    signal?.addEventListener('abort', abort, { once: true })
    request.once('close', () => signal?.removeEventListener('abort', abort))
    request.once('error', (error) => reject(networkError(error, signal)))
    request.once('response', (message) => resolve(toResponse(message, method, url)))
    if (guarded) request.once('socket', (socket) => checkSocket(socket, (error) => request.destroy(error)))
    if (body instanceof Readable) body.pipe(request)
    else request.end(body ?? undefined)
  })
}

function toResponse(message: IncomingMessage, method: string, { href }: URL): Response {
  const { statusCode: status = 500, statusMessage: statusText = '', rawHeaders } = message
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i] ?? '', rawHeaders[i + 1] ?? '')
  const empty = method === 'HEAD' || status === 204 || status === 205 || status === 304
  if (empty) message.resume()
  const body = empty ? null : decoded(message, headers.get('content-encoding'))
  return Object.defineProperty(new Response(body, { status, statusText, headers }), 'url', { value: href })
}

type LookupCallback = (error: Error | null, address: string | LookupAddress[], family?: number) => void

/** Resolves a name to addresses of the public internet; the connection goes to the very address that was checked. */
const publicLookup: LookupFunction = (hostname: string, options: LookupOptions, callback: LookupCallback): void => {
  dnsLookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    const found = addresses.find(({ address }) => !isPrivateAddress(address))
    const every = addresses.every(({ address }) => !isPrivateAddress(address))
    if (!found || !every) return callback(refused(hostname), '')
    return options.all ? callback(null, addresses) : callback(null, found.address, found.family)
  })
}

/** What is really at the other end, whatever led there. */
function checkSocket(socket: Socket, destroy: (error: Error) => void): void {
  const check = (): void => {
    if (socket.remoteAddress !== undefined && isPrivateAddress(socket.remoteAddress))
      destroy(refused(socket.remoteAddress))
  }
  if (socket.connecting) socket.once('connect', check)
  else check()
}

function refused(host: string): GrantError {
  return new GrantError('insecure_url', `${host} is, or resolves to, a private address, which is refused`)
}
