import { describe, expect, test } from 'vitest'
import type { StoreCheck } from './store-checks/check.ts'
import { concurrencyChecks } from './store-checks/concurrency.ts'
import { crashChecks } from './store-checks/crashes.ts'
import { durabilityChecks } from './store-checks/durability.ts'
import type { TokenStoreFixture } from './store-checks/fixture.ts'
import { forgettingChecks } from './store-checks/forgetting.ts'
import { leaseLifeChecks } from './store-checks/lease-lives.ts'
import { leaseChecks } from './store-checks/leases.ts'
import { processChecks } from './store-checks/processes.ts'
import { sweepingChecks } from './store-checks/sweeping.ts'
import { textChecks } from './store-checks/text-checks.ts'
import { versionChecks } from './store-checks/versions.ts'
import { watchingChecks } from './store-checks/watching.ts'

export type { StoreCheck } from './store-checks/check.ts'
export type { StoreWorker, TokenStoreFixture } from './store-checks/fixture.ts'

/**
 * What every token store has to pass, check by check: {@link describeTokenStore} runs them all, and a test can run one
 * by hand.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 * import { storeChecks } from '@grantkit/testing'
 *
 * const broken = Object.assign(memoryStore(), { acquire: async () => true }) // gives everybody the lease
 * const check = storeChecks.find(({ name }) => name === 'only its owner gives a lease back')
 * const passed = await check?.check({ open: async () => broken, close: async () => {} }).then(
 *   () => true,
 *   () => false,
 * )
 * passed // => false
 * ```
 */
export const storeChecks: readonly StoreCheck[] = [
  ...versionChecks,
  ...textChecks,
  ...forgettingChecks,
  ...sweepingChecks,
  ...concurrencyChecks,
  ...leaseChecks,
  ...leaseLifeChecks,
  ...watchingChecks,
  ...durabilityChecks,
  ...processChecks,
  ...crashChecks,
]

/** Long enough for a slow machine that starts and kills many processes. */
const timeout = 120_000

/**
 * The contract of a token store, as a vitest suite: call it at the top of a test file. `start` is called before each
 * check, and gives a store in which nothing was written yet. With a {@link TokenStoreFixture.worker | worker}, the checks
 * run other processes on the same data, and kill them. Checks of what a store does not have are skipped: `watch`, data
 * that outlive it, other processes.
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
      // oxlint-disable-next-line vitest/valid-title -- it is one, of the check
      test(sentence, { timeout }, async ({ onTestFinished, skip }) => {
        const fixture = await start()
        onTestFinished(async () => {
          await fixture.close()
          await fixture.remove?.()
        })
        if ((await applies?.(fixture)) === false) skip('the store has nothing of the kind')
        expect.hasAssertions()
        await check(fixture)
      })
    }
  })
}
