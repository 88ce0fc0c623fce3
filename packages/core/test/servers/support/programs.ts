import { globSync } from 'node:fs'
import { findBinary, type NeededServer } from '../../../../stores/test/support/servers.ts'

/** Glewlwyd, an authorization server in C. */
export const glewlwyd: NeededServer = {
  name: 'Glewlwyd',
  debianPackage: 'dbconfig-sqlite3 glewlwyd',
  find: () => findBinary('glewlwyd'),
}

/** Authlib, a library of authorization servers in Python, on Flask. */
export const authlib: NeededServer = {
  name: 'Authlib',
  debianPackage: 'python3-authlib python3-flask',
  // Debian's own Python: another on the PATH does not have Debian's packages
  find: () =>
    globSync('/usr/lib/python3/dist-packages/{authlib,flask}/__init__.py').length === 2
      ? '/usr/bin/python3'
      : undefined,
}

/**
 * The authorization servers that these tests start if this machine has them.
 *
 * @public `npm test` imports it in a process of its own
 */
export const servers: readonly NeededServer[] = [glewlwyd, authlib]
