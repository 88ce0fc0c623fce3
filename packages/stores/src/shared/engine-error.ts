import { GrantError } from '@grantkit/core'

/**
 * Makes a write, and rejects with `store_failed` where the engine does not. Its own error is left behind: a server may
 * quote the value that it was given, and a driver may attach the whole command. What stays is the engine's code for it.
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
 * What an engine calls an error: its `code`, SQLite's fixed sentence for one, or the word in capitals that Redis begins
 * with, such as `NOPERM`.
 */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const { code, errstr } = error as Error & { code?: unknown; errstr?: unknown }
  const [word] = /^[A-Z]{2,20}\b/.exec(error.message) ?? []
  const candidates = [errstr, code, word].filter((one) => typeof one === 'string')
  return candidates.find((one) => /^[\w -]{1,60}$/.test(one))
}
