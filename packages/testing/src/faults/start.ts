import { allowAnyOrigin, answerPreflight, isPreflight } from '../http/cors.ts'
import { listen } from '../http/loopback.ts'
import { readBody, record } from '../http/record.ts'
import { respond } from './respond.ts'
import { check, Script } from './script.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FaultyRequest, LocalFaultServer, Reply } from '../fault-server.ts'

/**
 * Starts an HTTP server on a port of 127.0.0.1 that sends scripted replies, for everything that a well-behaved
 * authorization server never does.
 *
 * @example
 * ```ts
 * import { startFaultServer } from '@grantkit/testing/server'
 *
 * const server = await startFaultServer()
 * await server.reply('/token', { status: 503, text: 'come back later' }, { json: { access_token: 'abc' } })
 * const first = await fetch(`${server.url}/token`)
 * const second = await fetch(`${server.url}/token`)
 * first.status // => 503
 * await second.json() // => { access_token: 'abc' }
 * await server.close()
 * ```
 */
export async function startFaultServer(): Promise<LocalFaultServer> {
  const front = new FaultFront()
  const { url, close } = await listen((request, response) => front.answer(request, response))
  return {
    url,
    reply: async (path, ...replies) => front.script.add(path, replies),
    requests: async () => front.log.map((request) => Object.freeze({ ...request })),
    aborted: async () => front.aborted,
    forget: async () => front.forget(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

type Entry = { -readonly [Field in keyof FaultyRequest]: FaultyRequest[Field] }

class FaultFront {
  readonly script = new Script()
  readonly log: Entry[] = []
  aborted = 0

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const origin = `http://${request.headers.host ?? '127.0.0.1'}`
    if (isPreflight(request)) return this.#answerPreflight(request, response, new URL(origin + request.url).pathname)
    const recorded = record(request, await readBody(request), origin)
    const entry: Entry = { ...recorded, rawHeaders: request.rawHeaders, sent: 0 }
    this.log.push(entry)
    const reply = await this.#replyTo(entry)
    if (reply.cors !== false) allowAnyOrigin(response)
    const broken = reply.reset === true || reply.truncate !== undefined
    response.once('close', () => {
      if (!broken && !response.writableFinished) this.aborted += 1
    })
    await respond(response, reply, (bytes) => (entry.sent += bytes))
  }

  forget(): void {
    this.log.length = 0
    this.aborted = 0
  }

  async #replyTo(request: FaultyRequest): Promise<Reply> {
    const scripted = this.script.take(request.path)
    if (scripted === undefined) return { status: 404, text: `no reply is scripted for ${request.path}` }
    const reply = typeof scripted === 'function' ? await scripted(request) : scripted
    check(reply)
    return reply
  }

  #answerPreflight(request: IncomingMessage, response: ServerResponse, path: string): void {
    const next = this.script.peek(path)
    if (typeof next === 'object' && next.cors === false) return void response.writeHead(204).end()
    answerPreflight(request, response)
  }
}
