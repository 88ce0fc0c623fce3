import { setTimeout } from 'node:timers/promises'
import { GrantError } from '@grantkit/core'

const longestPause = 5
/** SQLITE_BUSY, SQLITE_LOCKED, and SQLITE_PROTOCOL: a race for the write-ahead log. */
const busyCodes = new Set([5, 6, 15])

/**
 * Runs a step of SQLite, and repeats it while another process has locked the database. SQLite's own waiting would block
 * the event loop. Rejects with `store_failed` after `timeout` milliseconds.
 */
export async function whenFree<Result>(
  path: string,
  timeout: number,
  step: () => Result | Promise<Result>,
): Promise<Result> {
  const deadline = performance.now() + timeout
  for (let pause = 1; ; pause = Math.min(2 * pause, longestPause)) {
    try {
      // oxlint-disable-next-line eslint/no-await-in-loop -- each attempt depends on the one before
      return await step()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (performance.now() > deadline)
        throw new GrantError('store_failed', `another process has kept ${path} locked for ${timeout} ms`)
    }
    // oxlint-disable-next-line eslint/no-await-in-loop -- waits for another process
    await setTimeout(pause * (0.5 + Math.random() / 2))
  }
}

/** Whether SQLite reports a locked database. Deno reports it only in the message when no statement was prepared. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return busyCodes.has(codeOf(error)) || error.message === 'database is locked'
}

/** Whether SQLite reports that a file is not a database or is damaged. */
export function isNotADatabase(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    [11, 26].includes(codeOf(error)) ||
    /^(?:file is not a database|database disk image is malformed)$/.test(error.message)
  )
}

/** The primary result code, without the extended code in the higher bits. */
function codeOf({ errcode = 0 }: Error & { errcode?: number }): number {
  return errcode & 0xff // oxlint-disable-line no-bitwise -- SQLite's encoding
}
