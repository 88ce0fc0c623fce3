import { createHash } from 'node:crypto'
import type { Lease } from '../shared/lease.ts'

/** What a file holds: a string and its version, the lease, and the key, so that no file passes for another's. */
export interface Entry {
  readonly key: string
  readonly version: number
  readonly value?: string | undefined
  /** From when on it is of no use, in milliseconds since the epoch; when it was forgotten, if there is no value. */
  readonly until?: number | undefined
  readonly lease?: Lease | undefined
}

/** A name for the file of a key that every file system takes, and tells from any other. */
export function nameOf(key: string): string {
  return `${digest(JSON.stringify(key))}.token` // JSON spells half a surrogate pair out, which UTF-8 would make another
}

/**
 * Whether a file has such a name. No other may be opened: who closes the file of the lock gives the lock up, since POSIX
 * counts locks by process and file.
 */
export function isName(name: string): boolean {
  return name.endsWith('.token')
}

/** The content of a file: a line that tells what it is, with the digest of the next, which is JSON. */
export function formatEntry(entry: Entry): string {
  const body = JSON.stringify(entry)
  return `grantkit token 1 ${digest(body)}\n${body}\n`
}

/** What the content of a file says; undefined if it is not as {@link formatEntry} wrote it. */
export function parseEntry(content: string): Entry | undefined {
  const [, expected, body = ''] = /^grantkit token 1 (\w{64})\n([^\n]+)\n$/.exec(content) ?? []
  return digest(body) === expected ? (JSON.parse(body) as Entry) : undefined
}

/**
 * Whether content that is not an entry of ours is whole all the same: that of a later version, or the JSON object of
 * another application. Anything else is what is left of an entry.
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
