import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** An answer whose bytes are ready. */
export interface Prepared {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** Prepares an answer. */
export function prepare(status: number, json: object): Prepared {
  const body = Buffer.from(JSON.stringify(json))
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
  }
  return { status, headers, body }
}

/** Sends a prepared answer. */
export function answer(response: ServerResponse, { status, headers, body }: Prepared): void {
  response.writeHead(status, headers).end(body)
}
