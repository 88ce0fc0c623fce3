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
  type Write,
  write,
} from './check.ts'
import { valueOf } from './concurrency.ts'
import { countOf, increment } from './increment.ts'
import type { Death } from './order.ts'
import { hasWorker, killed, type StoreProcess, withProcesses } from './store-process.ts'

const key = 'user:42'

/** What remains after processes are killed with SIGKILL, which they cannot catch. */
export const crashChecks: readonly StoreCheck[] = [
  {
    name: 'a completed write survives when its process is killed immediately afterwards',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 3, async ([first, second, third]) => {
        await dieWith(first, { expected: 0, value: 'first' })
        await expectStored(here, key, { version: 1, value: 'first' })
        await dieWith(second, { expected: 1, value: undefined })
        await expectStored(here, key, { version: 2, value: undefined })
        await expectStored(third?.store as TokenStore, key, { version: 2, value: undefined })
        await dieWith(third, { expected: 2, value: 'third' })
        await expectStored(here, key, { version: 3, value: 'third' })
      })
    },
  },
  {
    name: 'a process killed during a write leaves the old value or the new one, and other processes continue',
    applies: hasWorker,
    check: (fixture) =>
      // From before the write begins to long after it ends; the steps in between depend on the engine.
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
    name: 'the lease of a killed process expires',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      const deaths: readonly Death[] = ['done', 0, 4, 64]
      await withProcesses(fixture, deaths.length, (processes) =>
        inTurn(processes.entries(), async ([index, process]) => {
          const name = `${key} killed at ${deaths[index]}`
          const outcome = await process.die(deaths[index] ?? 0, 'acquire', name, 'a', 4 * brief)
          expect([true, killed], 'how the call ended').toContain(outcome)
          await inTime(
            'waiting for its lease',
            until('the lease of a killed process has expired', () => here.acquire(name, 'b', 4 * brief)),
          )
        }),
      )
    },
  },
  {
    name: 'killing processes under load does not block the others, and no update is lost',
    applies: hasWorker,
    async check(fixture) {
      const here = await fixture.open()
      await withProcesses(fixture, 4, async (processes) => {
        const added = processes.map(() => 0)
        const ends = processes.map((process, index) =>
          process
            .increment(key, { times: 1_000_000, pause: 1, onAdded: (count) => (added[index] = count) })
            .catch((error: Error) => error.message),
        )
        await inTurn(processes.entries(), async ([index, process]) => {
          await inTime('writing next to the others', increment(here, key, { times: 10, pause: 1 }))
          await process.kill()
          expect(await ends[index], 'how its call ended').toBe(killed)
        })
        await inTime('writing after the others', increment(here, key, { times: 10 }))
        const { version = 0, value } = (await here.read(key)) ?? {}
        expect(countOf(value), 'the number of writes').toBe(version)
        expect(version, 'the number of writes').toBeGreaterThanOrEqual(
          50 + added.reduce((sum, count) => sum + count, 0),
        )
        await expectLease(here, key, 'a')
      })
    },
  },
]

/** Kills a process as soon as its write has succeeded. */
async function dieWith(process: StoreProcess | undefined, { expected, value }: Write): Promise<void> {
  expect(await process?.die('done', 'compareAndSet', key, expected, { value }), 'how the write ended').toBe(killed)
}

/** Kills a process some turns into a write, and checks from two handles what it left. */
async function dieWriting(process: StoreProcess, turns: number, [here, there]: readonly TokenStore[]): Promise<void> {
  const name = `${key} killed after ${turns} turns`
  const store = here as TokenStore
  await write(store, name, { expected: 0, value: valueOf(1) })
  const outcome = await process.die(turns, 'compareAndSet', name, 1, { value: valueOf(2) })
  expect([true, killed], 'how the write ended').toContain(outcome)
  const version = await inTime('writing after it', writeOver(store, name))
  await inTime('reading', expectStored(there as TokenStore, name, { version: version + 1, value: 'by another' }))
}

/** Writes over what a process left, even if its write reaches the engine only now. Resolves to the version it left. */
async function writeOver(store: TokenStore, name: string, mayBeLate = true): Promise<number> {
  const { version = 0, value } = (await store.read(name)) ?? {}
  expect([1, 2], 'the version that a process left').toContain(version)
  expect(value === valueOf(version), `whether ${inShort(value)} is the whole value of version ${version}`).toBe(true)
  const written = await store.compareAndSet(name, version, { value: 'by another' })
  if (!written && mayBeLate) return writeOver(store, name, false)
  expect(written, 'whether another can write').toBe(true)
  return version
}
