/** What stands under a key: a string, its version, and from when on it is of no use (milliseconds since the epoch). */
export interface StoredEntry {
  readonly version: number
  readonly value?: string | undefined
  readonly until?: number | undefined
}

/** An entry as a string. */
export function formatEntry(entry: StoredEntry): string {
  return JSON.stringify(entry)
}

/**
 * The entry that a string is. One that is not an entry is damaged, or was there before: it is read as it is, as version 1,
 * so that something else can be stored over it.
 */
export function parseEntry(stored: string): StoredEntry {
  try {
    const parsed: unknown = JSON.parse(stored)
    if (isEntry(parsed)) return parsed
  } catch {
    // not JSON
  }
  return { version: 1, value: stored }
}

function isEntry(parsed: unknown): parsed is StoredEntry {
  if (typeof parsed !== 'object' || parsed === null) return false
  const { version, value, until } = parsed as Record<string, unknown>
  return (
    Number.isSafeInteger(version) &&
    (version as number) > 0 &&
    (value === undefined || typeof value === 'string') &&
    (until === undefined || typeof until === 'number')
  )
}
