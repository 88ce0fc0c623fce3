import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { GrantError } from '@grantkit/core'

/** Windows has neither these permissions nor a directory that can be synchronised. */
const posix = process.platform !== 'win32'

/** The error about something at a path that was there before, and that nobody may lose. */
export function refused(path: string, why: string): GrantError {
  return new GrantError('store_failed', `${path} ${why}; it was left as it is`, { action: 'fix_configuration' })
}

/**
 * Which file or directory stands at a path, as an opaque text that changes when another takes its place; undefined where
 * there is none. Throws `store_failed` if it is a symbolic link, something else, or open to other users.
 */
export function inspect(path: string, kind: 'file' | 'directory'): string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return undefined
  if (found.isSymbolicLink()) throw refused(path, 'is a symbolic link: give the path that it leads to')
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) throw refused(path, `is no ${kind}`)
  const open = found.mode & 0o077 // oxlint-disable-line no-bitwise -- the permissions of group and others
  if (posix && open !== 0)
    throw refused(
      path,
      `is open to other users: "chmod ${kind === 'file' ? 600 : 700}" closes it, if nobody has used that`,
    )
  return `${found.dev}:${found.ino}`
}

/** Makes an empty file for its owner alone, unless there is one. */
export function createFile(path: string): void {
  createDirectory(dirname(path))
  try {
    closeSync(openSync(path, exclusive, 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}

/** Makes a directory for its owner alone, with those above it that are missing. */
export function createDirectory(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) synchronise(dirname(made))
}

/** To open a file that nobody else has made or put a link in place of. */
export const exclusive: number =
  // oxlint-disable-next-line no-bitwise -- flags of the operating system
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** Waits until the entries of a directory are on the disk. */
function synchronise(directory: string): void {
  if (!posix) return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
