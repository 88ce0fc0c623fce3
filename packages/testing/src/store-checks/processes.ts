import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectLease, expectLeaseRefused, expectStored, inTurn, long, type StoreCheck, until, write } from './check.ts'
import { raceToWrite } from './concurrency.ts'
import { countValue } from './increment.ts'
import { hasWorker, withProcesses } from './store-process.ts'
import { canWatch, watch } from './watching.ts'

const key = 'user:42'

/** Several processes on one store. */
export const processChecks: readonly StoreCheck[] = [
  {
    name: 'only one of several processes that write over the same version succeeds',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 3, async (processes) => {
        const stores = [...processes.map(({ store }) => store), here]
        await inTurn([1, 2, 3], (round) => raceToWrite(stores, `${key} ${round}`, 8))
      })
    },
  },
  {
    name: 'no update is lost when several processes write',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 3, async (processes) => {
        await Promise.all(processes.map((process) => process.increment(key, { times: 40 })))
        await expectStored(here, key, { version: 120, value: countValue(120) })
      })
    },
  },
  {
    name: "a process's lease is refused to other processes until it is released",
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 1, async ([process]) => {
        const there = process?.store as TokenStore
        await expectLease(there, key, 'b')
        await expectLeaseRefused(here, key, 'a')
        await here.release(key, 'a')
        expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
        await there.release(key, 'b')
        await expectLease(here, key, 'a')
        await expectLeaseRefused(there, key, 'b')
      })
    },
  },
  {
    name: 'all processes share one clock',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 1, async ([process]) => {
        const before = await here.now()
        const there = (await process?.store.now()) ?? Number.NaN
        // Some engines report whole milliseconds, some fractions.
        expect(there, 'the time of the other process').toBeGreaterThan(before - 1)
        expect(await here.now(), 'the time afterwards').toBeGreaterThan(there - 1)
      })
    },
  },
  {
    name: 'a watcher is called after a write by another process',
    applies: async (fixture) => hasWorker(fixture) && (await canWatch(fixture)),
    async check(fixture) {
      const watcher = watch(await fixture.open())
      await withProcesses(fixture, 1, async ([process]) => {
        await inTurn(['first', 'second', undefined].entries(), async ([version, value]) => {
          const before = watcher.calls
          await write(process?.store as TokenStore, key, { expected: version, value })
          await until(`the watcher was called after write ${version + 1}`, () => watcher.calls > before)
        })
      })
      watcher.stop()
    },
  },
]
