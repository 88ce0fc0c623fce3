import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** A token request, as Spotify would see it. */
export interface Received {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly form: Readonly<Record<string, string>>
}

/** Spotify's token endpoint on loopback: a `fetch` that leads there, and what came in. */
export interface Accounts {
  readonly fetch: typeof globalThis.fetch
  readonly received: readonly Received[]
}

/** The response in Spotify's documentation. */
export const documented = {
  access_token: 'NgCXRK...MzYjw',
  token_type: 'Bearer',
  scope: 'user-read-private user-read-email',
  expires_in: 3600,
  refresh_token: 'NgAagA...Um_SHo',
}

/** Starts a token endpoint that gives these answers one after the other, and the last one again. */
export async function startAccounts(...answers: readonly object[]): Promise<Accounts> {
  const received: Received[] = []
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { url = '', headers } = request
    received.push({ url, headers, form: Object.fromEntries(new URLSearchParams(await text(request))) })
    const body = answers[received.length - 1] ?? answers.at(-1) ?? documented
    response.writeHead('error' in body ? 400 : 200, { 'content-type': 'application/json' }) // 400 for every error
    response.end(JSON.stringify(body))
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    received,
    fetch: async (input, init) => {
      const { protocol, host, pathname } = new URL(String(input))
      return globalThis.fetch(`http://127.0.0.1:${port}/${protocol}//${host}${pathname}`, init)
    },
  }
}
