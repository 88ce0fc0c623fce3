import type { TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { errorOf } from '../support/scene.ts'
import { fresh, stage } from '../support/source-stage.ts'

/** The store as another process sees it. */
const elsewhere = (store: TokenStore): TokenStore => ({
  read: store.read.bind(store),
  compareAndSet: store.compareAndSet.bind(store),
  acquire: store.acquire.bind(store),
  renew: store.renew.bind(store),
  release: store.release.bind(store),
  now: store.now.bind(store),
})

/** A process over a store that holds the record of a login, changed as told. */
async function withRecord(change: (record: Record<string, unknown>) => object) {
  const all = await stage()
  await all.source().save(fresh())
  const { version = 0, value = '' } = (await all.store.read('user:42')) ?? {}
  const record = change(JSON.parse(value) as Record<string, unknown>)
  await all.store.compareAndSet('user:42', version, { value: JSON.stringify(record) })
  const store = elsewhere(all.store)
  return { ...all, source: () => all.source({ store }) }
}

const intent = { holder: 'another', attempt: 1, at: 1, deadline: 2 }
const failure = { code: 'rate_limited', count: 1, at: 1, until: 2 }
const token = { token: { accessToken: 'at-0' }, obtainedAt: 1 }

describe('a record counts as damaged', () => {
  test.each<[string, object]>([
    ['an unknown format', { format: 0 }],
    ['a format that is a string', { format: '2' }],
    ['no key', { key: undefined }],
    ['an owner that is a number', { owner: 42 }],
    ['a grant that is null', { grant: null }],
    ['an unknown state', { state: 'asleep' }],
    ['a generation below zero', { generation: -1 }],
    ['a generation that is not whole', { generation: 1.5 }],
    ['an attempt that is a string', { attempt: '1' }],
    ['a seed that is a number', { seed: 42 }],
    ['no tokens', { tokens: null }],
    ['a token that is a string', { tokens: { '': 'at-0' } }],
    ['a token without its time', { tokens: { '': { token: { accessToken: 'at-0' } } } }],
    ['a token whose time is a string', { tokens: { '': { ...token, obtainedAt: '1' } } }],
    ['a token without an access token', { tokens: { '': { ...token, token: {} } } }],
    ['a damaged token beside a good one', { tokens: { '': token, other: { ...token, token: null } } }],
    ['an intent that is a string', { intent: 'soon' }],
    ['an intent without its begin', { intent: { ...intent, at: undefined } }],
    ['an intent without its end', { intent: { ...intent, deadline: null } }],
    ['an intent without its attempt', { intent: { ...intent, attempt: 'first' } }],
    ['a failure without its begin', { failure: { ...failure, at: undefined } }],
    ['a failure without its end', { failure: { ...failure, until: undefined } }],
    ['a failure without its count', { failure: { ...failure, count: undefined } }],
  ])('with %s: the user logs in, and what was there is kept', async (_, change) => {
    const { source, store, types } = await withRecord((record) => ({ ...record, ...change }))
    const damaged = (await store.read('user:42'))?.value
    expect((await errorOf(source().token())).code).toBe('reauthorization_required')
    expect(types()).toEqual(['damaged'])
    expect((await store.read('user:42.damaged'))?.value).toBe(damaged)
  })

  test.each<[string, object]>([
    ['no attempt yet', { generation: 0, attempt: 0 }],
    ['a seed', { seed: 'rt-elsewhere' }],
    ['an intent that is over', { intent }],
    ['a failure that is over', { failure }],
    ['a field of its own', { later: true }],
  ])('but not with %s', async (_, change) => {
    const { source, types } = await withRecord((record) => ({ ...record, ...change }))
    expect((await source().token()).accessToken).toBe('at-0')
    expect(types()).toEqual([])
  })
})

test('what is damaged is set aside once, however often it is read', async () => {
  const { source, store, types } = await withRecord((record) => ({ ...record, state: 'asleep' }))
  for (let i = 0; i < 3; i++) await errorOf(source().token())
  expect((await store.read('user:42.damaged'))?.version).toBe(1)
  expect(types()).toEqual(['damaged'])
})

test('a record of a later version says what to do, and is kept', async () => {
  const { source, store } = await withRecord((record) => ({ ...record, format: 2 }))
  const before = await store.read('user:42')
  const error = await errorOf(source().token())
  expect(error).toMatchObject({ code: 'store_failed', action: 'fix_configuration' })
  expect(error.message).toBe('a later version of @grantkit/core wrote what is stored: update this one')
  expect(await store.read('user:42')).toEqual(before)
})

test('the record of another client, and that of another key, are told apart', async () => {
  const foreign = await withRecord((record) => ({ ...record, owner: 'another client' }))
  const error = await errorOf(foreign.source().token())
  expect(error.code).toBe('config_invalid')
  expect(error.message).toContain('of another provider or client under this key (another client): give each its own')
  const misplaced = await withRecord((record) => ({ ...record, key: 'user:43' }))
  expect((await errorOf(misplaced.source().token())).message).toBe(
    'the store holds the record of another key under this one: nothing of it is used',
  )
})

test('what the next login has to ask for is in the error of a grant that has ended', async () => {
  const { source, clock } = await withRecord((record) => ({ ...record, state: 'dead' }))
  await clock.advance(3_600_000)
  const error = await errorOf(source().token())
  expect(error).toMatchObject({ code: 'reauthorization_required', required: { scope: ['read', 'write'] } })
  expect(error.message).toBe('the provider has ended this grant: the user has to log in again')
})

test('a token that has expired without a refresh token, and a key without a token, say so', async () => {
  const { source, clock } = await stage([])
  const empty = await errorOf(source().token())
  expect(empty.message).toBe('no token is stored under this key: the user has to log in')
  await source().save(fresh({ refreshToken: undefined, expiresAt: someTime + 1000 }))
  await clock.advance(1000)
  const expired = await errorOf(source().token())
  expect(expired).toMatchObject({ code: 'reauthorization_required', required: { scope: ['read', 'write'] } })
  expect(expired.message).toBe(
    'the token has expired, and it came without a refresh token: the user has to log in again',
  )
})
