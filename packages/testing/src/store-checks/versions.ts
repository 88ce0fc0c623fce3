import { expect } from 'vitest'
import { expectStored, inTurn, openMany, openTwo, type StoreCheck, upTo, write } from './check.ts'

const key = 'user:42'

/** What is read, and which writes succeed. */
export const versionChecks: readonly StoreCheck[] = [
  {
    name: 'opened several times at once, every handle works and reads what the others wrote',
    async check(fixture) {
      const stores = await openMany(fixture, 5)
      await inTurn(stores.entries(), ([index, store]) =>
        write(store, key, { expected: index, value: `by handle ${index}` }),
      )
      await inTurn(stores, (store) => expectStored(store, key, { version: 5, value: 'by handle 4' }))
    },
  },
  {
    name: 'a key that was never written reads as undefined',
    async check(fixture) {
      const store = await fixture.open()
      expect(await store.read(key)).toBeUndefined()
      await write(store, key, { expected: 0, value: 'text' })
      expect(await store.read('user:43')).toBeUndefined()
    },
  },
  {
    name: 'the first write has to expect version 0',
    async check(fixture) {
      const store = await fixture.open()
      expect(await store.compareAndSet(key, 1, { value: 'text' }), 'whether it was written over version 1').toBe(false)
      expect(await store.read(key)).toBeUndefined()
      await write(store, key, { expected: 0, value: 'text' })
      await expectStored(store, key, { version: 1, value: 'text' })
    },
  },
  {
    name: 'each write increments the version, even with the same value',
    async check(fixture) {
      const store = await fixture.open()
      await inTurn(upTo(5), async (version) => {
        await write(store, key, { expected: version, value: version > 2 ? 'same' : `text ${version}` })
        await expectStored(store, key, { version: version + 1, value: version > 2 ? 'same' : `text ${version}` })
      })
    },
  },
  {
    name: 'a write that expects a different version is refused and changes nothing',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(upTo(3), (version) => write(here, key, { expected: version, value: `text ${version + 1}` }))
      await inTurn([0, 1, 2, 4, 1_000_000], async (version) => {
        await inTurn(['another', undefined], async (value) => {
          const written = await there.compareAndSet(key, version, { value })
          expect(written, `whether it was written over version ${version}, where version 3 is stored`).toBe(false)
        })
        await expectStored(here, key, { version: 3, value: 'text 3' })
      })
    },
  },
  {
    name: 'an invalid version number never writes',
    async check(fixture) {
      const store = await fixture.open()
      await write(store, key, { expected: 0, value: 'text' })
      await inTurn([-1, 0.5, 1.5, Number.NaN, Infinity], async (version) => {
        const written = await store.compareAndSet(key, version, { value: 'another' }).catch(() => false)
        expect(written, `whether it was written over version ${version}`).toBe(false)
        await expectStored(store, key, { version: 1, value: 'text' })
      })
    },
  },
]
