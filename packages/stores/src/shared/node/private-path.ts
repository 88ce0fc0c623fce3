import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, statSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { GrantError } from '@grantkit/core'

/** Windows has neither these permissions nor directories that can be synchronised. */
const posix = process.platform !== 'win32'

/** The error for an existing path that the store refuses to use. */
export function refused(path: string, why: string): GrantError {
  return new GrantError('store_failed', `${path} ${why}; it was not changed`, { action: 'fix_configuration' })
}

/**
 * The status of a path; undefined if nothing is there. Throws `store_failed` if it is a symbolic link, of another kind, of
 * another user, or accessible to other users.
 */
export function inspect(path: string, kind: 'file' | 'directory'): Stats | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return undefined
  if (found.isSymbolicLink()) throw refused(path, 'is a symbolic link: use the path of its target')
  if (kind === 'file' ? !found.isFile() : !found.isDirectory()) throw refused(path, `is not a ${kind}`)
  checkOwner(path, found, [ownUser()])
  // oxlint-disable-next-line no-bitwise -- the permissions of group and others
  if (posix && (found.mode & 0o077) !== 0)
    throw refused(
      path,
      `is accessible to other users: run "chmod ${kind === 'file' ? 600 : 700}" on it if nobody else has used it`,
    )
  return found
}

/**
 * Throws `store_failed` if other users can create files in a directory: such a file could receive data of the store. The
 * sticky bit does not help, because it only prevents them from removing files.
 */
export function inspectParent(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return // opening a file in it will fail
  checkOwner(path, found, [ownUser(), 0])
  // oxlint-disable-next-line no-bitwise -- the permission of group and others to write
  if (posix && (found.mode & 0o022) !== 0)
    throw refused(path, 'is writable by other users: use a separate directory for the store')
}

/** An identity that changes when the file is replaced. */
export function identityOf(found: Stats | undefined): string | undefined {
  return found && `${found.dev}:${found.ino}`
}

/** Creates an empty private file unless it exists. Returns its status. */
export function createFile(path: string): Stats {
  createDirectory(dirname(path))
  try {
    closeSync(openSync(path, exclusive, 0o600))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  return inspect(path, 'file') ?? createFile(path)
}

/** Creates a private directory and its missing parents. */
export function createDirectory(path: string): void {
  const first = mkdirSync(path, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) synchronise(dirname(made))
}

/** Flags to open a new file, never an existing one or a link. */
export const exclusive: number =
  // oxlint-disable-next-line no-bitwise -- flags of the operating system
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** The effective user of this process; undefined if the system has none. */
function ownUser(): number | undefined {
  return process.geteuid?.()
}

function checkOwner(path: string, { uid }: Stats, allowed: readonly (number | undefined)[]): void {
  if (ownUser() === undefined || allowed.includes(uid)) return
  throw refused(path, `belongs to another user (${uid}): use another path, or "chown" it if you trust its content`)
}

/** Waits until the entries of a directory are on disk. */
function synchronise(directory: string): void {
  if (!posix) return
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
