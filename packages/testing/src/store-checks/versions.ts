import { expect } from 'vitest'
import { expectStored, inTurn, openMany, openTwo, type StoreCheck, upTo, write } from './check.ts'

const key = 'user:42'

/** What is read, and which writes are made. */
export const versionChecks: readonly StoreCheck[] = [
  {
    name: 'opened many times at once, every handle works, and reads what another wrote',
    async check(fixture) {
      const stores = await openMany(fixture, 5)
      await inTurn(stores.entries(), ([index, store]) => write(store, key, index, `by handle ${index}`))
      await inTurn(stores, (store) => expectStored(store, key, 5, 'by handle 4'))
    },
  },
  {
    name: 'a key that was never written reads undefined',
    async check(fixture) {
      const store = await fixture.open()
      expect(await store.read(key)).toBeUndefined()
      await write(store, key, 0, 'text')
      expect(await store.read('user:43')).toBeUndefined()
    },
  },
  {
    name: 'the first write expects version 0, and no other',
    async check(fixture) {
      const store = await fixture.open()
      expect(await store.compareAndSet(key, 1, { value: 'text' }), 'whether it is written over version 1').toBe(false)
      expect(await store.read(key)).toBeUndefined()
      await write(store, key, 0, 'text')
      await expectStored(store, key, 1, 'text')
    },
  },
  {
    name: 'each write makes the version one more, even with the same text',
    async check(fixture) {
      const store = await fixture.open()
      await inTurn(upTo(5), async (version) => {
        await write(store, key, version, version > 2 ? 'same' : `text ${version}`)
        await expectStored(store, key, version + 1, version > 2 ? 'same' : `text ${version}`)
      })
    },
  },
  {
    name: 'a write that expects another version is refused, and changes nothing',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(upTo(3), (version) => write(here, key, version, `text ${version + 1}`))
      await inTurn([0, 1, 2, 4, 1_000_000], async (version) => {
        await inTurn(['another', undefined], async (text) => {
          const written = await there.compareAndSet(key, version, { value: text })
          expect(written, `whether it is written over version ${version}, where version 3 is stored`).toBe(false)
        })
        await expectStored(here, key, 3, 'text 3')
      })
    },
  },
  {
    name: 'a number that is no version never writes',
    async check(fixture) {
      const store = await fixture.open()
      await write(store, key, 0, 'text')
      await inTurn([-1, 0.5, 1.5, Number.NaN, Infinity], async (version) => {
        const written = await store.compareAndSet(key, version, { value: 'another' }).catch(() => false)
        expect(written, `whether it is written over version ${version}`).toBe(false)
        await expectStored(store, key, 1, 'text')
      })
    },
  },
]
