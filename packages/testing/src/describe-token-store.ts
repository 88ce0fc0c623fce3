import { describe, expect, test } from 'vitest'
import type { StoreCheck } from './store-checks/check.ts'
import { concurrencyChecks } from './store-checks/concurrency.ts'
import { crashChecks } from './store-checks/crashes.ts'
import { durabilityChecks } from './store-checks/durability.ts'
import type { TokenStoreFixture } from './store-checks/fixture.ts'
import { forgettingChecks } from './store-checks/forgetting.ts'
import { leaseLifetimeChecks } from './store-checks/lease-lifetimes.ts'
import { leaseChecks } from './store-checks/leases.ts'
import { processChecks } from './store-checks/processes.ts'
import { sweepingChecks } from './store-checks/sweeping.ts'
import { stringChecks } from './store-checks/string-checks.ts'
import { versionChecks } from './store-checks/versions.ts'
import { watchingChecks } from './store-checks/watching.ts'

export type { StoreCheck } from './store-checks/check.ts'
export type { StoreWorker, TokenStoreFixture } from './store-checks/fixture.ts'

/**
 * The checks that every token store has to pass: {@link describeTokenStore} runs them all, and a test can run one on its
 * own.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 * import { storeChecks } from '@grantkit/testing'
 *
 * const broken = Object.assign(memoryStore(), { acquire: async () => true }) // grants every lease
 * const check = storeChecks.find(({ name }) => name === 'only the owner can release a lease')
 * const passed = await check?.check({ open: async () => broken, close: async () => {} }).then(
 *   () => true,
 *   () => false,
 * )
 * passed // => false
 * ```
 */
export const storeChecks: readonly StoreCheck[] = [
  ...versionChecks,
  ...stringChecks,
  ...forgettingChecks,
  ...sweepingChecks,
  ...concurrencyChecks,
  ...leaseChecks,
  ...leaseLifetimeChecks,
  ...watchingChecks,
  ...durabilityChecks,
  ...processChecks,
  ...crashChecks,
]

/** Milliseconds; long enough to start and kill many processes on a slow machine. */
const timeout = 120_000

/**
 * The contract of a token store, as a vitest suite: call it at the top level of a test file. `start` is called before
 * each check and returns an empty store. With a {@link TokenStoreFixture.worker | worker}, the checks run other processes
 * on the same data, and kill them. Checks of a feature that the store lacks are skipped: `watch`, durability, other
 * processes.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 * import { describeTokenStore } from '@grantkit/testing'
 *
 * describeTokenStore('in memory', async () => {
 *   const store = memoryStore()
 *   return { durable: false, open: async () => store, close: async () => {} }
 * })
 * ```
 */
export function describeTokenStore(name: string, start: () => Promise<TokenStoreFixture>): void {
  describe(`the token store ${name}`, () => {
    for (const { name: sentence, check, applies } of storeChecks) {
      // oxlint-disable-next-line vitest/valid-title -- the check has a title
      test(sentence, { timeout }, async ({ onTestFinished, skip }) => {
        const fixture = await start()
        onTestFinished(async () => {
          await fixture.close()
          await fixture.remove?.()
        })
        if ((await applies?.(fixture)) === false) skip('the store does not support this')
        expect.hasAssertions()
        await check(fixture)
      })
    }
  })
}
