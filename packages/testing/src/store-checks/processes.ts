import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectLease, expectStored, inTurn, long, type StoreCheck, until, write } from './check.ts'
import { raceToWrite } from './concurrency.ts'
import { countText } from './increment.ts'
import { hasWorker, withProcesses } from './store-process.ts'
import { canWatch, watch } from './watching.ts'

const key = 'user:42'

/** What several processes have of one store. */
export const processChecks: readonly StoreCheck[] = [
  {
    name: 'of processes that write over the same version at once, one does',
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
    name: 'no update of any process is lost',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 3, async (processes) => {
        await Promise.all(processes.map((process) => process.increment(key, 40)))
        await expectStored(here, key, 120, countText(120))
      })
    },
  },
  {
    name: 'a lease of one process is refused to the others, until it is given back',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 1, async ([process]) => {
        const there = process?.store as TokenStore
        await expectLease(there, key, 'b', true)
        await expectLease(here, key, 'a', false)
        await here.release(key, 'a')
        expect(await here.renew(key, 'a', long), "whether a renewed b's lease").toBe(false)
        await there.release(key, 'b')
        await expectLease(here, key, 'a', true)
        await expectLease(there, key, 'b', false)
      })
    },
  },
  {
    name: 'all processes go by one clock',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 1, async ([process]) => {
        const before = await here.now()
        const there = (await process?.store.now()) ?? Number.NaN
        // Some engines tell whole milliseconds, some fractions.
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
        await inTurn(['first', 'second', undefined].entries(), async ([version, text]) => {
          const before = watcher.calls
          await write(process?.store as TokenStore, key, version, text)
          await until(`the watcher was called after write ${version + 1}`, () => watcher.calls > before)
        })
      })
      watcher.stop()
    },
  },
]
