import { setImmediate } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectStored, inShort, inTurn, letExpire, long, openMany, type StoreCheck, upTo, write } from './check.ts'
import { countValue, increment } from './increment.ts'

const key = 'user:42'

/** Concurrent writes, reads and leases. */
export const concurrencyChecks: readonly StoreCheck[] = [
  {
    name: 'only one of several concurrent writes with the same expected version succeeds',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await inTurn([2, 5, 16], (count) => raceToWrite(stores, `${key} of ${count}`, count))
    },
  },
  {
    name: 'no update is lost when handles read and write concurrently',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await Promise.all(stores.map((store) => increment(store, key, { times: 25 })))
      await inTurn(stores, (store) => expectStored(store, key, { version: 100, value: countValue(100) }))
    },
  },
  {
    name: 'a read returns a whole value with its version, never older than a write completed before it',
    async check(fixture) {
      const [writer, ...readers] = (await openMany(fixture, 3)) as [TokenStore, ...TokenStore[]]
      let written = 0
      const writing = inTurn(upTo(30), async (version) => {
        await write(writer, key, { expected: version, value: valueOf(version + 1) })
        written = version + 1
        await setImmediate()
      })
      const ended = writing.then(
        () => (written = Infinity),
        () => (written = Infinity),
      )
      await Promise.all([writing, ended, ...[writer, ...readers].map((reader) => watchClosely(reader, () => written))])
    },
  },
  {
    name: 'only one of several concurrent owners gets a lease, whether it was free or has expired',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await inTurn([2, 5, 16], async (count) => {
        await raceForLease(stores, `${key} of ${count}`, count)
        await letExpire(stores[0] as TokenStore, `${key} for ${count}`)
        await raceForLease(stores, `${key} for ${count}`, count)
      })
    },
  },
]

/** Lets several writers write over the same version concurrently, five times. */
export async function raceToWrite(stores: readonly TokenStore[], name: string, count: number): Promise<void> {
  await inTurn(upTo(5), async (version) => {
    const writes = upTo(count).map((index) =>
      at(stores, index).compareAndSet(name, version, { value: `by writer ${index}` }),
    )
    const outcomes = await Promise.all(writes)
    const winners = outcomes.flatMap((written, index) => (written ? [index] : []))
    expect(winners, `winners among ${count} writers over version ${version}`).toHaveLength(1)
    await inTurn(stores, (store) =>
      expectStored(store, name, { version: version + 1, value: `by writer ${winners[0]}` }),
    )
  })
}

async function raceForLease(stores: readonly TokenStore[], name: string, count: number): Promise<void> {
  const requests = upTo(count).map((index) => at(stores, index).acquire(name, `owner ${index}`, long))
  const winners = (await Promise.all(requests)).filter(Boolean)
  expect(winners, `winners among ${count} owners`).toHaveLength(1)
}

/** Reads until the writer has finished. */
async function watchClosely(reader: TokenStore, written: () => number): Promise<void> {
  for (let seen = 0; written() < Infinity;) {
    const least = Math.max(seen, written())
    // oxlint-disable-next-line eslint/no-await-in-loop -- sequential on purpose
    const { version = 0, value } = (await reader.read(key)) ?? {}
    expect(version, 'the version that is read').toBeGreaterThanOrEqual(least)
    const expected = version === 0 ? undefined : valueOf(version)
    expect(value === expected, `whether ${inShort(value)} is the whole value of version ${version}`).toBe(true)
    seen = version
    // oxlint-disable-next-line eslint/no-await-in-loop -- lets the writer continue
    await setImmediate()
  }
}

/** A long value with its version at both ends. */
export function valueOf(version: number): string {
  return `${version}:${String.fromCodePoint(97 + (version % 26)).repeat(65_536)}:${version}`
}

function at(stores: readonly TokenStore[], index: number): TokenStore {
  return stores[index % stores.length] as TokenStore
}
