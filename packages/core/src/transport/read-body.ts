import { GrantError } from '../errors/grant-error.ts'

/**
 * Reads a body as a string and stops at `maxBytes`, counted as they arrive: after decompression, so that a small response
 * cannot unfold into a large one. Rejects with `response_too_large`. After an abort it resolves to what has come so far.
 */
export async function readBody(message: Request | Response, maxBytes: number, signal?: AbortSignal): Promise<string> {
  if (!message.body) return ''
  const reader = message.body.getReader()
  signal?.addEventListener('abort', () => void reader.cancel().catch(() => undefined), { once: true })
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maxBytes) {
      void reader.cancel().catch(() => undefined) // the connection is given up; what that throws changes nothing
      throw tooLarge(maxBytes)
    }
    text += decoder.decode(value, { stream: true })
  }
}

/** The error for a body that has more bytes than it may have. */
export function tooLarge(maxBytes: number): GrantError {
  return new GrantError('response_too_large', `the response has more than ${maxBytes} bytes`)
}
