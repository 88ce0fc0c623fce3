import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** A response whose bytes are ready. */
export interface Prepared {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** Prepares a response. */
export function prepare(status: number, json: object): Prepared {
  const body = Buffer.from(JSON.stringify(json))
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    'cache-control': 'no-store',
  }
  return { status, headers, body }
}

/** Sends a prepared response. */
export function answer(response: ServerResponse, { status, headers, body }: Prepared): void {
  response.writeHead(status, headers).end(body)
}
