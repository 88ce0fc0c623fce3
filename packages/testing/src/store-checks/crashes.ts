import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import {
  brief,
  expectLease,
  expectStored,
  inShort,
  inTime,
  inTurn,
  openTwo,
  type StoreCheck,
  until,
  write,
} from './check.ts'
import { textOf } from './concurrency.ts'
import { countOf, increment } from './increment.ts'
import type { Death } from './order.ts'
import { hasWorker, killed, type StoreProcess, withProcesses } from './store-process.ts'

const key = 'user:42'

/** What is left when processes are killed, by SIGKILL, which no process can see coming. */
export const crashChecks: readonly StoreCheck[] = [
  {
    name: 'what a process wrote is there for the others, though it was killed as soon as it was told so',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 3, async ([first, second, third]) => {
        await dieWith(first, key, 0, 'first')
        await expectStored(here, key, 1, 'first')
        await dieWith(second, key, 1, undefined)
        await expectStored(here, key, 2, undefined)
        await expectStored(third?.store as TokenStore, key, 2, undefined)
        await dieWith(third, key, 2, 'third')
        await expectStored(here, key, 3, 'third')
      })
    },
  },
  {
    name: 'a process that is killed while it writes leaves the text before or the text after, and others go on',
    applies: hasWorker,
    check: (fixture) =>
      // From before anything was done to long after it was; what is in between depends on the engine.
      inTurn(
        [
          [0, 1, 2, 3],
          [4, 6, 8, 12],
          [16, 32, 64, 128],
          [256, 512, 1_024, 2_048],
        ],
        async (turns) => {
          const stores = await openTwo(fixture)
          await withProcesses(fixture, turns.length, (processes) =>
            inTurn(processes.entries(), ([index, process]) => dieWriting(process, turns[index] ?? 0, stores)),
          )
        },
      ),
  },
  {
    name: 'the lease of a process that was killed ends by itself',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      const deaths: readonly Death[] = ['done', 0, 4, 64]
      await withProcesses(fixture, deaths.length, (processes) =>
        inTurn(processes.entries(), async ([index, process]) => {
          const name = `${key} killed at ${deaths[index]}`
          const outcome = await process.die(deaths[index] ?? 0, 'acquire', name, 'a', 4 * brief)
          expect([true, killed], 'how it ended').toContain(outcome)
          await inTime(
            'waiting for its lease',
            until('the lease of a process that was killed has ended', () => here.acquire(name, 'b', 4 * brief)),
          )
        }),
      )
    },
  },
  {
    name: 'processes that are killed in a crowd stop none of the others, and no update is lost',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 4, async (processes) => {
        const added = processes.map(() => 0)
        const ends = processes.map((process, index) =>
          process
            .increment(key, 1_000_000, { pause: 1, onAdded: (count) => (added[index] = count) })
            .catch((error: Error) => error.message),
        )
        await inTurn(processes.entries(), async ([index, process]) => {
          await inTime('writing among others', increment(here, key, 10, { pause: 1 }))
          await process.kill()
          expect(await ends[index], 'how its writing ended').toBe(killed)
        })
        await inTime('writing after the others', increment(here, key, 10))
        const { version = 0, value } = (await here.read(key)) ?? {}
        expect(countOf(value), 'the number of writes').toBe(version)
        expect(version, 'the number of writes').toBeGreaterThanOrEqual(
          50 + added.reduce((sum, count) => sum + count, 0),
        )
        await expectLease(here, key, 'a', true)
      })
    },
  },
]

/** Kills a process at the moment when its write has succeeded. */
async function dieWith(
  process: StoreProcess | undefined,
  ...[name, expected, value]: [string, number, string | undefined]
): Promise<void> {
  expect(await process?.die('done', 'compareAndSet', name, expected, { value }), 'how the write ended').toBe(killed)
}

/** Kills a process so many turns into a write, and looks at what is left from two handles. */
async function dieWriting(process: StoreProcess, turns: number, [here, there]: readonly TokenStore[]): Promise<void> {
  const name = `${key} killed after ${turns} turns`
  const store = here as TokenStore
  await write(store, name, 0, textOf(1))
  const outcome = await process.die(turns, 'compareAndSet', name, 1, { value: textOf(2) })
  expect([true, killed], 'how the write ended').toContain(outcome)
  const version = await inTime('going on', goOn(store, name))
  await inTime('reading', expectStored(there as TokenStore, name, version + 1, 'by another'))
}

/** Writes over what a process left, even if its write arrives at the engine only now; resolves to the version that was there. */
async function goOn(store: TokenStore, name: string, mayBeLate = true): Promise<number> {
  const { version = 0, value } = (await store.read(name)) ?? {}
  expect([1, 2], 'the version that a process left').toContain(version)
  expect(value === textOf(version), `whether ${inShort(value)} is the whole text of version ${version}`).toBe(true)
  const written = await store.compareAndSet(name, version, { value: 'by another' })
  if (!written && mayBeLate) return goOn(store, name, false)
  expect(written, 'whether another can write').toBe(true)
  return version
}
