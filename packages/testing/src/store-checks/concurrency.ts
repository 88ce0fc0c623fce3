import { setImmediate } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectStored, inShort, inTurn, letEnd, long, openMany, type StoreCheck, upTo, write } from './check.ts'
import { countText, increment } from './increment.ts'

const key = 'user:42'

/** What happens when many want the same at once. */
export const concurrencyChecks: readonly StoreCheck[] = [
  {
    name: 'of writes that expect the same version at once, one is made',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await inTurn([2, 5, 16], (count) => raceToWrite(stores, `${key} of ${count}`, count))
    },
  },
  {
    name: 'no update is lost among handles that read and write at once',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await Promise.all(stores.map((store) => increment(store, key, 25)))
      await inTurn(stores, (store) => expectStored(store, key, 100, countText(100)))
    },
  },
  {
    name: 'a reader sees whole texts, each with its own version, and none older than what was written before it asked',
    async check(fixture) {
      const [writer, ...readers] = (await openMany(fixture, 3)) as [TokenStore, ...TokenStore[]]
      let written = 0
      const writing = inTurn(upTo(30), async (version) => {
        await write(writer, key, version, textOf(version + 1))
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
    name: 'of owners that ask for a lease at once, one gets it, when it is free and when it has ended',
    async check(fixture) {
      const stores = await openMany(fixture, 4)
      await inTurn([2, 5, 16], async (count) => {
        await raceForLease(stores, `${key} of ${count}`, count)
        await letEnd(stores[0] as TokenStore, `${key} for ${count}`)
        await raceForLease(stores, `${key} for ${count}`, count)
      })
    },
  },
]

/** Lets writers write over the same version at once, five times. */
export async function raceToWrite(stores: readonly TokenStore[], name: string, count: number): Promise<void> {
  await inTurn(upTo(5), async (version) => {
    const writes = upTo(count).map((index) =>
      at(stores, index).compareAndSet(name, version, { value: `by writer ${index}` }),
    )
    const outcomes = await Promise.all(writes)
    const winners = outcomes.flatMap((written, index) => (written ? [index] : []))
    expect(winners, `those of ${count} writers who wrote over version ${version}`).toHaveLength(1)
    await inTurn(stores, (store) => expectStored(store, name, version + 1, `by writer ${winners[0]}`))
  })
}

async function raceForLease(stores: readonly TokenStore[], name: string, count: number): Promise<void> {
  const requests = upTo(count).map((index) => at(stores, index).acquire(name, `owner ${index}`, long))
  const winners = (await Promise.all(requests)).filter(Boolean)
  expect(winners, `those of ${count} owners who got the lease`).toHaveLength(1)
}

/** Reads until the writer has ended. */
async function watchClosely(reader: TokenStore, written: () => number): Promise<void> {
  for (let seen = 0; written() < Infinity;) {
    const least = Math.max(seen, written())
    // oxlint-disable-next-line eslint/no-await-in-loop -- one reading after the other is the point
    const { version = 0, value } = (await reader.read(key)) ?? {}
    expect(version, 'the version that is read').toBeGreaterThanOrEqual(least)
    const expected = version === 0 ? undefined : textOf(version)
    expect(value === expected, `whether ${inShort(value)} is the whole text of version ${version}`).toBe(true)
    seen = version
    // oxlint-disable-next-line eslint/no-await-in-loop -- lets the writer go on
    await setImmediate()
  }
}

/** A long text that tells its version at both ends. */
export function textOf(version: number): string {
  return `${version}:${String.fromCodePoint(97 + (version % 26)).repeat(65_536)}:${version}`
}

function at(stores: readonly TokenStore[], index: number): TokenStore {
  return stores[index % stores.length] as TokenStore
}
