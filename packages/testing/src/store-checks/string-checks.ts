import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectLease, expectStored, inShort, inTurn, long, openTwo, type StoreCheck, write } from './check.ts'
import { loneSurrogates, hostileStrings, similarKeys } from './strings.ts'

type Handles = readonly [TokenStore, TokenStore]

/** Which strings a value and a key may be. */
export const stringChecks: readonly StoreCheck[] = [
  {
    name: 'every string is returned exactly as it was written',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(hostileStrings.entries(), async ([index, value]) => {
        await write(here, 'user:42', { expected: index, value })
        await expectStored(there, 'user:42', { version: index + 1, value })
      })
    },
  },
  {
    name: 'different strings are different keys, however similar, for values and for leases',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(similarKeys, async (key) => {
        expect(await here.read(key), `what is read under ${inShort(key)} before the first write`).toBeUndefined()
      })
      await inTurn(similarKeys, (key) => write(here, key, { expected: 0, value: `the value of ${key}` }))
      await inTurn(similarKeys.entries(), ([index, key]) => expectLease(here, key, `owner ${index}`))
      await inTurn(similarKeys, (key) => expectStored(there, key, { version: 1, value: `the value of ${key}` }))
      await inTurn(similarKeys.entries(), async ([index, key]) => {
        expect(await there.renew(key, `owner ${index}`, long), `whether ${inShort(key)} has its lease`).toBe(true)
      })
    },
  },
  {
    name: 'a lone surrogate in a value or a key is stored unchanged or refused, never replaced',
    async check(fixture) {
      const stores = await openTwo(fixture)
      await inTurn(loneSurrogates.entries(), ([index, value]) => keepsOrRefuses(stores, `the key ${index}`, value))
      await inTurn(loneSurrogates.entries(), ([index, key]) => keepsOrRefuses(stores, key, `the value of ${index}`))
    },
  },
  {
    name: 'the empty key is stored or refused',
    async check(fixture) {
      await keepsOrRefuses(await openTwo(fixture), '', 'the value of the empty key')
    },
  },
]

/** A store that cannot hold a string has to refuse it: a replacement might be the key of another user. */
async function keepsOrRefuses([here, there]: Handles, key: string, value: string): Promise<void> {
  const written = await here.compareAndSet(key, 0, { value }).catch(() => 'refused')
  expect([true, 'refused'], `writing ${inShort(value)} under ${inShort(key)}`).toContain(written)
  if (written === true) await expectStored(there, key, { version: 1, value })
  else expect(await there.read(key).catch(() => undefined), 'what a refused write left').toBeUndefined()
}
