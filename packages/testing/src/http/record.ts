import type { IncomingMessage } from 'node:http'
import type { RecordedRequest } from '../recorded-request.ts'

/** Reads the body of a request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Records a request for tests. */
export function record(request: IncomingMessage, body: Buffer, origin: string): RecordedRequest {
  const url = new URL(origin + (request.url ?? '/'))
  const text = body.toString()
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')
  return {
    method: request.method ?? '',
    path: url.pathname,
    url: url.href,
    headers: headersOf(request),
    body: text,
    ...(isForm ? { form: Object.fromEntries(new URLSearchParams(text)) } : {}),
  }
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? []].flat().join(', ')]))
}
