/** A stored entry: a value, its version, and its expiry in milliseconds since the epoch. */
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
 * Parses an entry. Any other string is damaged or was there before: it becomes the value of version 1, so that it can be
 * overwritten.
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
