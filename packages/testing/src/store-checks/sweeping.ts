import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import {
  expectLease,
  expectLeaseRefused,
  expectStored,
  inTurn,
  long,
  openTwo,
  type StoreCheck,
  type Write,
  write,
} from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'

const key = 'user:42'
const minute = 60_000
const hour = 60 * minute

/** What happens to a record after its `until` time. */
export const sweepingChecks: readonly StoreCheck[] = [
  {
    name: 'a record is kept unchanged until its `until` time, and for an hour after it',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn([hour, 5 * minute, -30 * minute].entries(), async ([version, left]) => {
        await writeUntil(here, { expected: version, value: `text ${version + 1}`, left })
        await sweep(fixture)
        await expectStored(there, key, { version: version + 1, value: `text ${version + 1}` })
      })
      expect(await there.compareAndSet(key, 2, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
  {
    name: 'a record more than an hour past `until` is either unchanged or gone as if never written',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, { expected: 0, value: 'first' })
      await writeUntil(here, { expected: 1, value: 'second', left: -2 * hour })
      await sweep(fixture)
      const found = await there.read(key)
      if (found) await expectStored(there, key, { version: 2, value: 'second' })
      const written = await there.compareAndSet(key, 2, { value: 'third' })
      if (!found) expect(written, 'whether a swept record was written over').toBe(false)
      if (written) await expectStored(here, key, { version: 3, value: 'third' })
      else await write(there, key, { expected: 0, value: 'as if never written' })
    },
  },
  {
    name: 'each write sets `until` again, and a record without it is kept',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, 'user:43', { expected: 0, value: 'for ever' })
      await expectLease(here, key, 'a') // keeps the first until the second is written
      await writeUntil(here, { expected: 0, value: 'first', left: -2 * hour })
      await write(here, key, { expected: 1, value: 'without until' })
      await here.release(key, 'a')
      await sweep(fixture)
      await expectStored(there, key, { version: 2, value: 'without until' })
      await writeUntil(here, { expected: 2, value: 'with a later until', left: hour })
      await sweep(fixture)
      await expectStored(there, key, { version: 3, value: 'with a later until' })
      await expectStored(there, 'user:43', { version: 1, value: 'for ever' })
    },
  },
  {
    name: 'an expired record is kept while its lease is held',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await expectLease(here, key, 'a')
      await writeUntil(here, { expected: 0, value: 'text', left: -2 * hour })
      await sweep(fixture)
      await expectStored(there, key, { version: 1, value: 'text' })
      await expectLeaseRefused(there, key, 'b')
      expect(await here.renew(key, 'a', long), 'whether the owner still has it').toBe(true)
    },
  },
  {
    name: 'the version of a forgotten key is kept for an hour, whatever `until` says',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await write(here, key, { expected: 0, value: 'text' })
      await writeUntil(here, { expected: 1, value: undefined, left: -2 * hour })
      await sweep(fixture)
      await expectStored(there, key, { version: 2, value: undefined })
      expect(await there.compareAndSet(key, 1, { value: 'late' }), 'whether the late write was made').toBe(false)
    },
  },
]

interface TimedWrite extends Write {
  /** Milliseconds until it expires. */
  readonly left: number
}

async function writeUntil(store: TokenStore, { expected, value, left }: TimedWrite): Promise<void> {
  const until = (await store.now()) + left
  const written = await store.compareAndSet(key, expected, { value, until })
  expect(written, `whether it was written over version ${expected}`).toBe(true)
}

let others = 0

/** Gives a store an occasion to sweep: a new handle, a write with `until`, and a forgotten key. */
async function sweep(fixture: TokenStoreFixture): Promise<void> {
  const store = await fixture.open()
  const name = `another ${(others += 1)}`
  await store.compareAndSet(name, 0, { value: 'text', until: (await store.now()) + hour })
  await write(store, name, { expected: 1, value: undefined })
}
