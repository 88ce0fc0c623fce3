import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { GrantError } from '@grantkit/core'

/** Windows has neither these permissions nor a directory that can be synchronised. */
const posix = process.platform !== 'win32'

/** The error about something at a path that was there before, and that nobody may lose. */
export function refused(path: string, why: string): GrantError {
  return new GrantError('store_failed', `${path} ${why}; it was left as it is`, { action: 'fix_configuration' })
}

/**
 * What stands at a path; undefined where there is nothing. Throws `store_failed` if it is a symbolic link, something else
 * than expected, another user's, or open to other users.
 */
export function inspect(path: string, kind: 'file' | 'directory'): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return undefined
  if (found.isSymbolicLink()) throw refused(path, 'is a symbolic link: give the path that it leads to')
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) throw refused(path, `is not a ${kind}`)
  checkOwner(path, found, [ownUser()])
  // oxlint-disable-next-line no-bitwise -- the permissions of group and others
  if (posix && (found.mode & 0o077) !== 0)
    throw refused(
      path,
      `is open to other users: "chmod ${kind === 'file' ? 600 : 700}" closes it, if nobody has used that`,
    )
  return found
}

/**
 * Throws `store_failed` if other users can put files into a directory: what they put there beforehand could receive what
 * is meant for the store. The sticky bit does not help, since it only keeps them from removing files.
 */
export function inspectParent(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return // whoever opens a file in it will hear of that
  checkOwner(path, found, [ownUser(), 0])
  // oxlint-disable-next-line no-bitwise -- the permission of group and others to write
  if (posix && (found.mode & 0o022) !== 0)
    throw refused(path, 'is open to other users, who can write to it: give the store a directory of its own')
}

/** A name that changes when another file takes the place of this one. */
export function identityOf(found: Stats | undefined): string | undefined {
  return found && `${found.dev}:${found.ino}`
}

/** Makes an empty file for its owner alone, unless there is one, and says what stands there. */
export function createFile(path: string): Stats {
  createDirectory(dirname(path))
  try {
    closeSync(openSync(path, exclusive, 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return inspect(path, 'file') ?? createFile(path)
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

/** The user that this process acts as; undefined where the system has no such thing. */
function ownUser(): number | undefined {
  return process.geteuid?.()
}

function checkOwner(path: string, { uid }: Stats, allowed: readonly (number | undefined)[]): void {
  if (ownUser() === undefined || allowed.includes(uid)) return
  throw refused(
    path,
    `belongs to another user (${uid}): give a path of your own, or "chown" it, if you trust what is in it`,
  )
}

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
