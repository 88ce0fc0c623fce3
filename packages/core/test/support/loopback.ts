import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { type AddressInfo, connect, createServer } from 'node:net'
import { type ClientRegistration, Pkce, type Provider, type ProviderDefinition, type Token } from '@grantkit/core'
import { loopbackLogin, type LoopbackLoginOptions } from '@grantkit/core/node'
import type { Reply } from '@grantkit/testing/server'
import { onTestFinished } from 'vitest'
import { deferred } from './deferred.ts'
import { type TestClock, testClock } from './clock.ts'
import { goodToken, type Scene, scene } from './scene.ts'

/** What a listener has responded with. */
export interface Responded {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A request to a listener, with whatever a browser would never send. */
export interface Sent {
  readonly target?: string
  readonly method?: string
  readonly host?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The address that is connected to; that of the redirect URI unless given. */
  readonly address?: string
}

/** A login that waits for its callback. */
export interface Waiting {
  readonly url: URL
  readonly redirectUri: URL
  /** The target of the callback that belongs to the login. */
  callback(parameters?: Readonly<Record<string, string>>): string
  send(sent?: Sent): Promise<Responded>
  /** Sends the callback that belongs to the login. */
  comeBack(parameters?: Readonly<Record<string, string>>): Promise<Responded>
  readonly token: Promise<Token>
}

/** A provider whose users log in over a loopback address. */
export interface LoopbackScene extends Scene {
  readonly acme: Provider
  readonly clock: TestClock
  begin(options?: LoopbackLoginOptions): Promise<Waiting>
}

export const anyPort: ClientRegistration = { clientId: 'cid', redirectUri: 'http://127.0.0.1/callback' }

/** What a scene may be given. */
export interface LoopbackStage {
  readonly client?: ClientRegistration
  readonly definition?: Partial<ProviderDefinition>
  readonly replies?: readonly Reply[]
}

export async function loopback({
  client = anyPort,
  definition,
  replies = [],
}: LoopbackStage = {}): Promise<LoopbackScene> {
  const set = await scene(...(replies.length > 0 ? replies : [{ json: goodToken }]))
  const clock = testClock()
  const acme = set.provider(client, definition, { clock })
  return { ...set, acme, clock, begin: (options) => begin(acme, options) }
}

/** Begins a login, and waits until the URL is opened. */
export async function begin(provider: Provider, options: LoopbackLoginOptions = {}): Promise<Waiting> {
  const abandoned = new AbortController()
  onTestFinished(() => abandoned.abort())
  const signal = options.signal ? AbortSignal.any([options.signal, abandoned.signal]) : abandoned.signal
  const opened = deferred<URL>()
  const token = loopbackLogin(provider.grant(Pkce), { open: opened.resolve, ...options, signal })
  token.catch(() => undefined)
  const url = await Promise.race([opened.promise, token.then(() => Promise.reject(new Error('it did not open')))])
  return waiting(url, token)
}

export function waiting(url: URL, token: Promise<Token>): Waiting {
  const redirectUri = new URL(url.searchParams.get('redirect_uri') ?? '')
  const state = url.searchParams.get('state') ?? ''
  const callback: Waiting['callback'] = (parameters = { code: 'canary-code' }) =>
    `${redirectUri.pathname}?${new URLSearchParams({ ...parameters, state }).toString()}`
  const send = (sent: Sent = {}): Promise<Responded> => sendTo(redirectUri, { target: callback(), ...sent })
  return { url, redirectUri, callback, send, comeBack: (parameters) => send({ target: callback(parameters) }), token }
}

/** Sends a request as it is told, and reads the response. */
export async function sendTo(redirectUri: URL, sent: Sent): Promise<Responded> {
  const { target, method = 'GET', host = redirectUri.host, headers, address = hostOf(redirectUri) } = sent
  const request = httpRequest({
    host: address,
    port: redirectUri.port,
    path: target,
    method,
    headers: { host, ...headers },
    agent: false,
  })
  request.end()
  const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
  let body = ''
  for await (const chunk of response) body += String(chunk)
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** Sends octets, and resolves to the first line of what comes back. */
export async function sendRaw(redirectUri: URL, octets: string): Promise<string> {
  const socket = connect(Number(redirectUri.port), hostOf(redirectUri))
  socket.on('error', () => undefined) // a server that has said no may close while we still write
  socket.write(octets)
  let received = ''
  socket.on('data', (data) => (received += String(data)))
  await new Promise((resolve) => socket.once('close', resolve))
  return received.split('\r\n')[0] ?? ''
}

/** Whether something listens at an address of this machine. */
export async function listens(redirectUri: URL, address = hostOf(redirectUri)): Promise<boolean> {
  const socket = connect(Number(redirectUri.port), address)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A port of this machine, and what gives it back. */
export async function takePort(host = '127.0.0.1'): Promise<{ readonly port: number; release(): Promise<void> }> {
  const server = createServer().listen(0, host)
  await once(server, 'listening')
  const release = async (): Promise<void> => {
    if (server.listening) await once(server.close(), 'close')
  }
  onTestFinished(release)
  return { port: (server.address() as AddressInfo).port, release }
}

function hostOf({ hostname }: URL): string {
  return hostname.replaceAll(/[[\]]/g, '')
}
