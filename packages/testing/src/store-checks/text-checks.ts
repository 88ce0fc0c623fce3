import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { expectLease, expectStored, inShort, inTurn, long, openTwo, type StoreCheck, write } from './check.ts'
import { halfTexts, hostileTexts, similarKeys } from './texts.ts'

/** What may stand in a text, and in a key. */
export const textChecks: readonly StoreCheck[] = [
  {
    name: 'every text comes back as it was written, whatever it is made of',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(hostileTexts.entries(), async ([index, text]) => {
        await write(here, 'user:42', index, text)
        await expectStored(there, 'user:42', index + 1, text)
      })
    },
  },
  {
    name: 'different texts are different keys, however alike, for what is stored and for leases',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(similarKeys, async (key) => {
        expect(await here.read(key), `what is read under ${inShort(key)} before it was written`).toBeUndefined()
      })
      await inTurn(similarKeys, (key) => write(here, key, 0, `the text of ${key}`))
      await inTurn(similarKeys.entries(), ([index, key]) => expectLease(here, key, `owner ${index}`, true))
      await inTurn(similarKeys, (key) => expectStored(there, key, 1, `the text of ${key}`))
      await inTurn(similarKeys.entries(), async ([index, key]) => {
        expect(await there.renew(key, `owner ${index}`, long), `whether ${inShort(key)} has its lease`).toBe(true)
      })
    },
  },
  {
    name: 'half a character, in a text or a key, is kept as it is or refused, and never replaced',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await inTurn(halfTexts, (text) => keepsOrRefuses(here, there, `the key ${halfTexts.indexOf(text)}`, text))
      await inTurn(halfTexts, (key) => keepsOrRefuses(here, there, key, `the text of ${halfTexts.indexOf(key)}`))
    },
  },
  {
    name: 'the empty key is a key, or is refused',
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      await keepsOrRefuses(here, there, '', 'the text of no key')
    },
  },
]

/** A store that cannot carry a text says so: another in its place may be another user's. */
async function keepsOrRefuses(here: TokenStore, there: TokenStore, key: string, text: string): Promise<void> {
  const written = await here.compareAndSet(key, 0, { value: text }).catch(() => 'refused')
  expect([true, 'refused'], `writing ${inShort(text)} under ${inShort(key)}`).toContain(written)
  if (written === true) await expectStored(there, key, 1, text)
  else expect(await there.read(key).catch(() => undefined), `what a refused write left`).toBeUndefined()
}
