import { createHash } from 'node:crypto'

/** What a file holds: a text and its version, the lease, and the key, so that no file passes for another's. */
export interface Entry {
  readonly key: string
  readonly version: number
  readonly value?: string | undefined
  /** When the text was forgotten, in milliseconds since the epoch. */
  readonly forgottenAt?: number | undefined
  readonly lease?: { readonly owner: string; readonly until: number } | undefined
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

/** The text of a file: a line that tells what it is, with the digest of the next, which is JSON. */
export function formatEntry(entry: Entry): string {
  const body = JSON.stringify(entry)
  return `grantkit token 1 ${digest(body)}\n${body}\n`
}

/** What the text of a file says; undefined if it is not as {@link formatEntry} wrote it. */
export function parseEntry(text: string): Entry | undefined {
  const [, expected, body = ''] = /^grantkit token 1 (\w{64})\n([^\n]+)\n$/.exec(text) ?? []
  return digest(body) === expected ? (JSON.parse(body) as Entry) : undefined
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
