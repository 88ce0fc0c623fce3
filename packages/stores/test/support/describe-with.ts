import { describe, expect, test } from 'vitest'
import type { NeededServer } from './servers.ts'

/** Tests that need a server: skipped if it is not installed, a failure in CI. */
export function describeWith(server: NeededServer, body: () => void): void {
  const installed = server.find() !== undefined
  // oxlint-disable-next-line vitest/valid-describe-callback -- a callback of the caller
  describe.runIf(installed)(`with a ${server.name} of this machine`, body)
  test.runIf(!installed && process.env['CI'])(`${server.name} is installed`, () => {
    expect.fail(`it is not: apt-get install ${server.debianPackage}`)
  })
}
