import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'

/** A server program that tests start on this machine. */
export interface NeededServer {
  /** Its name. */
  readonly name: string
  /** Its Debian package. */
  readonly debianPackage: string
  /** The path of its binary; undefined if it is not installed. */
  find(): string | undefined
}

/** `redis-server`. */
export const redis: NeededServer = {
  name: 'Redis',
  debianPackage: 'redis-server',
  find: () => findBinary('redis-server'),
}

/** `postgres`, with `initdb` beside it: Debian keeps both off the PATH. */
export const postgres: NeededServer = {
  name: 'PostgreSQL',
  debianPackage: 'postgresql',
  find: () =>
    [...globSync('/usr/lib/postgresql/*/bin/postgres').toSorted().toReversed(), findBinary('postgres')].find(
      (path) => path !== undefined && isExecutable(join(dirname(path), 'initdb')),
    ),
}

/**
 * Every server that tests and samples need. Where one is missing, they are skipped, except in CI.
 *
 * @public `npm test` imports it in a process of its own
 */
export const servers: readonly NeededServer[] = [redis, postgres]

/** Looks for a program on the PATH. */
export function findBinary(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((directory) => join(directory, name))
    .find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
