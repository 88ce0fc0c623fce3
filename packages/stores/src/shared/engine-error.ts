import { GrantError } from '@grantkit/core'

/**
 * Runs a write, and rejects with `store_failed` if the engine fails. The engine's error is dropped except its code, because
 * a server may quote the value in it, and a driver may attach the whole command.
 */
export async function withoutValue<Result>(engine: string, write: () => Promise<Result>): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof GrantError) throw error
    const code = codeOf(error)
    const message = code === undefined ? `${engine} could not write` : `${engine} could not write: ${code}`
    throw new GrantError('store_failed', message)
  }
}

/**
 * The engine's code for an error: its `code`, SQLite's fixed sentence, or the first word of a Redis error, such as
 * `NOPERM`.
 */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, errstr } = error as Error & { code?: unknown; errstr?: unknown }
  const [word] = /^[A-Z]{2,20}\b/.exec(error.message) ?? []
  const candidates = [errstr, code, word].filter((one) => typeof one === 'string')
  return candidates.find((one) => /^[\w -]{1,60}$/.test(one))
}
