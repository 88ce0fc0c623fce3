import { createHash } from 'node:crypto'
import type { Lease } from '../shared/lease.ts'

/** The content of a file: a value, its version and lease, and the key, so that files cannot be swapped. */
export interface Entry {
  readonly key: string
  readonly version: number
  readonly value?: string | undefined
  /** When the value expires in milliseconds since the epoch; without a value, when it was forgotten. */
  readonly until?: number | undefined
  readonly lease?: Lease | undefined
}

/** The file name of a key: valid and distinct on every file system. */
export function nameOf(key: string): string {
  return `${digest(JSON.stringify(key))}.token` // JSON escapes lone surrogates, which UTF-8 would replace
}

/**
 * Whether a file has such a name. No other file may be opened: POSIX tracks locks by process and file, so closing the lock
 * file would release the lock.
 */
export function isName(name: string): boolean {
  return name.endsWith('.token')
}

/** Formats the content of a file: a header line with the digest of the next line, which is JSON. */
export function formatEntry(entry: Entry): string {
  const body = JSON.stringify(entry)
  return `grantkit token 1 ${digest(body)}\n${body}\n`
}

/** Parses the content of a file; undefined if {@link formatEntry} did not write it. */
export function parseEntry(content: string): Entry | undefined {
  const [, expected, body = ''] = /^grantkit token 1 (\w{64})\n([^\n]+)\n$/.exec(content) ?? []
  return digest(body) === expected ? (JSON.parse(body) as Entry) : undefined
}

/**
 * Whether content that is not an entry is still intact: from a newer version, or a JSON object of another application.
 * Anything else is a damaged entry.
 */
export function isForeign(content: string): boolean {
  if (/^grantkit token (?!1 )\d+ \w{64}\n/.test(content)) return true
  try {
    const parsed: unknown = JSON.parse(content)
    return typeof parsed === 'object' && parsed !== null
  } catch {
    return false
  }
}

function digest(content: string): string {
  return createHash('sha256').update(content).digest('hex')
}
