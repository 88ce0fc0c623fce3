import { errors } from 'jose'
import { describe, expect, test } from 'vitest'
import { judgeKeys, type PublishedKey } from '../../src/protocol/openid/judge-keys.ts'
import { KeySet } from '../../src/protocol/openid/key-set.ts'
import { testClock } from '../support/clock.ts'
import { honest, verifyText } from '../support/id-tokens.ts'
import { keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

type Keys = Parameters<Parameters<KeySet['verify']>[0]>[0]

const minute = 60_000
const published = judgeKeys({ keys: [rs256.jwk] }) ?? []
const unknownKey = () => Promise.reject(new errors.JWKSNoMatchingKey())

/** A key set that is fetched from this list, one after the other, the last one again and again. */
function keySet(...sets: readonly (() => Promise<readonly PublishedKey[]>)[]) {
  const clock = testClock()
  let fetches = 0
  const set = new KeySet(async () => sets[Math.min(fetches++, sets.length - 1)]!(), clock)
  return { clock, set, fetches: () => fetches, use: () => set.verify(async (keys) => keys) }
}

/** Something that a test ends when it likes. */
function pending<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: Error) => void = () => undefined
  const promise = new Promise<T>((...both) => ([resolve, reject] = both))
  return { promise, resolve, reject }
}

describe('the keys of a provider are fetched', () => {
  test('once in ten minutes', async () => {
    const { clock, use, fetches } = keySet(async () => published)
    const first = await use()
    await clock.advance(10 * minute)
    expect(await use()).toBe(first)
    expect(fetches()).toBe(1)
    await clock.advance(1)
    expect(await use()).not.toBe(first)
    expect(fetches()).toBe(2)
    await clock.advance(10 * minute)
    await use()
    expect(fetches()).toBe(2)
  })

  test('once for all who ask at the same time', async () => {
    const { use, fetches } = keySet(async () => published)
    const [first, ...others] = await Promise.all([use(), use(), use()])
    expect(others).toEqual([first, first])
    expect(fetches()).toBe(1)
  })

  test('again when they could not be had', async () => {
    const fails = () => Promise.reject(new Error('unreachable'))
    const { use, fetches } = keySet(fails, fails, async () => published)
    await expect(use()).rejects.toThrow('unreachable')
    await expect(use()).rejects.toThrow('unreachable')
    await use()
    await use()
    expect(fetches()).toBe(3)
  })

  test('once more for an unknown key, and only after a minute for the next', async () => {
    const { clock, set, fetches } = keySet(async () => published)
    await expect(set.verify(unknownKey)).rejects.toThrow('no applicable key')
    expect(fetches()).toBe(2)
    await clock.advance(minute)
    await expect(set.verify(unknownKey)).rejects.toThrow('no applicable key')
    expect(fetches()).toBe(2)
    await clock.advance(1)
    await expect(set.verify(unknownKey)).rejects.toThrow('no applicable key')
    expect(fetches()).toBe(3)
  })

  test('not again for a token that is flawed in another way', async () => {
    const stage = await openid()
    const other = await keyOf('RS256', 'k1')
    expect((await errorOf(logIn(stage, {}, { key: other }))).code).toBe('id_token_invalid')
    expect((await errorOf(logIn(stage, { iss: 'https://evil.example' }))).code).toBe('id_token_invalid')
    expect(await stage.jwksRequests()).toBe(1)
  })

  test('not again when another login has done so meanwhile', async () => {
    const { clock, set, use, fetches } = keySet(async () => published)
    const late = pending<Keys>()
    const tried: Keys[] = []
    const verified = set.verify(async (keys) => (tried.push(keys) === 1 ? late.promise : keys))
    await clock.advance(10 * minute + 1)
    const fresh = await use()
    late.reject(new errors.JWKSNoMatchingKey())
    expect(await verified).toBe(fresh)
    expect(tried).toHaveLength(2)
    expect(fetches()).toBe(2)
  })
})

test('a set that could not be had does not end a later one that could', async () => {
  const first = pending<readonly PublishedKey[]>()
  const { clock, use, fetches } = keySet(
    () => first.promise,
    async () => published,
  )
  const failed = use()
  await clock.advance(10 * minute + 1)
  const fresh = await use()
  first.reject(new Error('unreachable'))
  await expect(failed).rejects.toThrow('unreachable')
  expect(await use()).toBe(fresh)
  expect(fetches()).toBe(2)
})

test.each(['[]', '{}', '{"keys":"none"}', 'null', '7'])('a document that is not a set has no keys: %s', (json) => {
  expect(judgeKeys(JSON.parse(json))).toBeUndefined()
})

test('what is not a key is left out of a set', () => {
  expect(judgeKeys({ keys: [1, null, 'key', [], {}, { kty: 'constructor' }, rs256.jwk] })).toEqual(published)
})

test('OpenID Connect Core §10.1.1: logins that meet new keys at the same time are all accepted', async () => {
  const key = await keyOf('RS256', 'k9')
  const { set, fetches } = keySet(
    async () => published,
    async () => judgeKeys({ keys: [key.jwk] }) ?? [],
  )
  await set.verify(async () => undefined)
  const idToken = await sign(honest, { key })
  const logins = await Promise.all([1, 2, 3].map(() => verifyText(idToken, {}, { keys: set })))
  expect(logins.map(({ sub }) => sub)).toEqual(['ada', 'ada', 'ada'])
  expect(fetches()).toBe(2)
})
