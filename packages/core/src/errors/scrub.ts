const longestMessage = 1_000
const shortestSecret = 3

/** Control characters, and the bidirectional ones that reorder what a reader sees (Unicode TR 36 §2.2). */
const unprintable =
  // oxlint-disable-next-line no-control-regex -- these are what it is for
  /[\u0000-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]+/g

/** A string that is safe in a log line or a terminal: one line, no control or bidi characters, of bounded length. */
export function printable(text: string, secrets: readonly string[] = []): string {
  const line = redact(text, secrets).replaceAll(unprintable, ' ')
  return line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line
}

/** Cuts known secrets out of a string, in each form in which they travel: as they are, form-encoded, percent-encoded. */
export function redact(text: string, secrets: readonly string[]): string {
  const forms = new Set(secrets.filter(({ length }) => length >= shortestSecret).flatMap(formsOf))
  const longestFirst = [...forms].toSorted((a, b) => b.length - a.length) // one secret may begin with another
  let result = text
  for (const form of longestFirst) result = result.replaceAll(form, '[redacted]')
  return result
}

function formsOf(secret: string): string[] {
  const formEncoded = new URLSearchParams([['', secret]]).toString().slice(1)
  const percentEncoded = formEncoded.replaceAll('+', '%20')
  const byScripts = percentEncoded.replaceAll(/%(?:2[1789]|7E)/g, decodeURIComponent) // encodeURIComponent leaves !'()~ alone
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [secret, formEncoded, percentEncoded, byScripts, escaped]
}

/**
 * A copy of something thrown that keeps what helps (name, message, system code, causes) and nothing that could hold a
 * secret: no request, no response, no body, no stack of foreign code.
 */
export function scrub(thrown: unknown, secrets: readonly string[] = [], depth = 5): Error {
  const { name, message, code, cause } = errorLike(thrown)
  const copy = new Error(quotesHeader(message) ? 'a header has an invalid value' : printable(message, secrets))
  copy.name = printable(name, secrets)
  copy.stack = `${copy.name}: ${copy.message}`
  if (typeof code === 'string' || typeof code === 'number')
    Object.assign(copy, { code: printable(String(code), secrets) })
  if (cause !== undefined && depth > 0) copy.cause = scrub(cause, secrets, depth - 1)
  return copy
}

/** Runtimes that refuse a header value put it into the message, and it may be a credential. */
function quotesHeader(message: string): boolean {
  return /header/i.test(message) && /invalid/i.test(message)
}

interface ErrorLike {
  readonly name: string
  readonly message: string
  readonly code?: unknown
  readonly cause?: unknown
}

/** Reads a thrown value, which may be anything: a string, null, an object whose getters throw. */
function errorLike(thrown: unknown): ErrorLike {
  if (!(thrown instanceof Error))
    return { name: 'Error', message: `something other than an Error was thrown (${typeof thrown})` }
  try {
    const { name, message, cause, code }: { name: unknown; message: unknown; cause?: unknown; code?: unknown } = thrown
    return { name: String(name), message: String(message), code, ...(cause instanceof Error && { cause }) }
  } catch {
    return { name: 'Error', message: 'an error that cannot be read' }
  }
}
