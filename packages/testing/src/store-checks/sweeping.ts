import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectLease, expectStored, inTurn, long, openTwo, type StoreCheck, write } from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'

const key = 'user:42'
const minute = 60_000
const hour = 60 * minute

/** What becomes of a record that is of no use after a time. */
export const sweepingChecks: readonly StoreCheck[] = [
  {
    name: 'what is of use until a time is there as it was written, and for an hour beyond that time',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn([hour, 5 * minute, -30 * minute].entries(), async ([version, left]) => {
        await writeUntil(here, { expected: version, value: `text ${version + 1}`, left })
        await sweep(fixture)
        await expectStored(there, key, version + 1, `text ${version + 1}`)
      })
      expect(await there.compareAndSet(key, 2, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
  {
    name: 'what is of no use for more than an hour is there as it was written, or gone as if it never had been',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, 0, 'first')
      await writeUntil(here, { expected: 1, value: 'second', left: -2 * hour })
      await sweep(fixture)
      const found = await there.read(key)
      if (found) await expectStored(there, key, 2, 'second')
      const written = await there.compareAndSet(key, 2, { value: 'third' })
      if (!found) expect(written, 'whether what is gone was written over').toBe(false)
      if (written) await expectStored(here, key, 3, 'third')
      else await write(there, key, 0, 'as if never written')
    },
  },
  {
    name: 'each write says anew until when it is of use, and what has no such time stays',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, 'user:43', 0, 'for ever')
      await expectLease(here, key, 'a', true) // so that the first stays until there is a second
      await writeUntil(here, { expected: 0, value: 'first', left: -2 * hour })
      await write(here, key, 1, 'without a time')
      await here.release(key, 'a')
      await sweep(fixture)
      await expectStored(there, key, 2, 'without a time')
      await writeUntil(here, { expected: 2, value: 'with a later one', left: hour })
      await sweep(fixture)
      await expectStored(there, key, 3, 'with a later one')
      await expectStored(there, 'user:43', 1, 'for ever')
    },
  },
  {
    name: 'what is of no use stays while somebody has its lease',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a', true)
      await writeUntil(here, { expected: 0, value: 'text', left: -2 * hour })
      await sweep(fixture)
      await expectStored(there, key, 1, 'text')
      await expectLease(there, key, 'b', false)
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
  {
    name: 'the version of what was forgotten is kept for an hour, whatever time the write names',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, 0, 'text')
      await writeUntil(here, { expected: 1, value: undefined, left: -2 * hour })
      await sweep(fixture)
      await expectStored(there, key, 2, undefined)
      expect(await there.compareAndSet(key, 1, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
]

interface Write {
  readonly expected: number
  readonly value: string | undefined
  /** Milliseconds until it is of no use. */
  readonly left: number
}

async function writeUntil(store: TokenStore, { expected, value, left }: Write): Promise<void> {
  const until = (await store.now()) + left
  const written = await store.compareAndSet(key, expected, { value, until })
  expect(written, `whether it was written over version ${expected}`).toBe(true)
}

let others = 0

/** Gives a store occasion to sweep: with writes that name a time, and with what is forgotten, by a new handle. */
async function sweep(fixture: TokenStoreFixture): Promise<void> {
  const store = await fixture.open()
  const name = `another ${(others += 1)}`
  await store.compareAndSet(name, 0, { value: 'text', until: (await store.now()) + hour })
  await write(store, name, 1, undefined)
}
