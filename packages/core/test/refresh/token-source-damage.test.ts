import { memoryStore, Token, type TokenStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { fleet, hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'
import { fresh, stage } from '../support/source-stage.ts'

const damagedStrings = [
  '',
  'not json',
  '{}',
  '[]',
  'null',
  '{"format":1,"key":"user:42","owner":"x","grant":"g","state":"live","generation":0,"attempt":0,"tokens":{"":{}}}',
  '{"format":1,"key":"user:42","owner":"x","grant":"g","state":"li',
]

describe('a record that is damaged', () => {
  test.each(damagedStrings)('counts as absent, is kept beside, and gives way to a login: %j', async (value) => {
    const { store, source, types } = await stage([])
    await store.compareAndSet('user:42', 0, { value })
    const tokens = source()
    expect(await tokens.peek()).toBeUndefined()
    expect((await errorOf(tokens.token())).code).toBe('reauthorization_required')
    expect(types()).toEqual(['damaged'])
    expect((await store.read('user:42.damaged'))?.value).toBe(value)
    await tokens.save(fresh())
    expect((await tokens.token()).accessToken).toBe('at-0')
    expect((await store.read('user:42.damaged'))?.value).toBe(value)
    await tokens.clear()
    expect((await store.read('user:42.damaged'))?.value).toBeUndefined()
  })

  test('is forgotten by a logout at once', async () => {
    const { store, source } = await stage([])
    await store.compareAndSet('user:42', 0, { value: 'not json' })
    await source().clear()
    expect((await store.read('user:42'))?.value).toBeUndefined()
    expect((await store.read('user:42.damaged'))?.value).toBeUndefined()
  })
})

describe('a store that cannot be read', () => {
  test('because no encryption key opens what is there, is never overwritten', async () => {
    const { store, source } = await stage([])
    await source().save(fresh())
    let writes = 0
    const sealed: TokenStore = {
      ...bound(store),
      read: () => Promise.reject(new Error('no key')),
      compareAndSet: () => {
        writes += 1
        return Promise.resolve(true)
      },
    }
    const tokens = source({ store: sealed })
    for (const action of [() => tokens.token(), () => tokens.save(fresh()), () => tokens.clear(), () => tokens.peek()])
      expect((await errorOf(action)).code).toBe('store_failed')
    expect(writes).toBe(0)
  })
})

function bound(store: TokenStore): TokenStore {
  return {
    read: store.read.bind(store),
    compareAndSet: store.compareAndSet.bind(store),
    acquire: store.acquire.bind(store),
    renew: store.renew.bind(store),
    release: store.release.bind(store),
    now: store.now.bind(store),
  }
}

const never = (): Promise<never> => new Promise(() => undefined)

describe('a store that does not respond', () => {
  test('costs five seconds, and then the token in hand is served', async () => {
    const { store, source, clock } = await stage([])
    let hangs = false
    const hanging: TokenStore = { ...bound(store), read: (key) => (hangs ? never() : store.read(key)) }
    const tokens = source({ store: hanging, background: false })
    await tokens.save(fresh())
    hangs = true
    await clock.advance(hour - 8000) // eight seconds are left
    const served = tokens.token()
    await tick()
    await clock.advance(5000)
    expect((await served).accessToken).toBe('at-0')
  })

  test('is an error, where there is no token that could be served', async () => {
    const { store, source, clock } = await stage([])
    const tokens = source({ store: { ...bound(store), read: never } })
    const failing = errorOf(tokens.token())
    await tick()
    await clock.advance(5000)
    expect(await failing).toMatchObject({ code: 'store_failed', action: 'retry' })
  })

  test('when a rotated token is to be written, the escrow takes it, and it is handed out', async () => {
    const { server, start, settle, store } = await late('strict')
    const escrow = memoryStore()
    const process = start({ escrow })
    process.hangs('compareAndSet', 2) // the first one notes that it will send
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect((await escrow.read('user:42'))?.value).toContain('rt-1')
    expect((await store.read('user:42'))?.value).toContain('rt-0')
    expect(server.used).toEqual(['rt-0'])
  })
})

/** A refreshed token that is in escrow, because the store went away before it was written. */
async function inEscrow() {
  const fleetWithEscrow = await late('strict')
  const escrow = memoryStore()
  const process = fleetWithEscrow.start({ escrow })
  const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
  const pending = process.tokens.token()
  await reached
  process.failing = true
  resume()
  await fleetWithEscrow.settle(pending)
  return { ...fleetWithEscrow, escrow, process }
}

describe('the escrow', () => {
  test('is empty again once its token is home', async () => {
    const { start, settle, escrow } = await inEscrow()
    expect((await escrow.read('user:42'))?.value).toContain('rt-1')
    const next = start({ escrow })
    await settle(next.tokens.token())
    expect((await escrow.read('user:42'))?.value).toBeUndefined()
  })

  test('is empty after a logout, and what was in it never comes back', async () => {
    const { start, settle, escrow, process } = await inEscrow()
    process.failing = false
    await process.tokens.clear()
    expect((await escrow.read('user:42'))?.value).toBeUndefined()
    expect((await settle(errorOf(start({ escrow }).tokens.token()))).code).toBe('reauthorization_required')
  })

  test('that fails does not fail the call', async () => {
    const { start } = await fleet('strict')
    const escrow: TokenStore = { ...bound(memoryStore()), read: () => Promise.reject(new Error('disk full')) }
    expect((await start({ escrow }).tokens.token()).accessToken).toBe('at-0')
  })
})

describe('an error of the store', () => {
  test.each([
    ['quotes what it was given', (value: string) => `bad value: ${value}`],
    ['quotes the beginning of it', (value: string) => `bad value: ${value.slice(0, 400)}…`],
    ['quotes a part of a token', () => 'near "refresh-canary'],
  ])('that %s shows nothing of it', async (_, quote) => {
    const { store, source } = await stage([])
    const quoting: TokenStore = {
      ...bound(store),
      compareAndSet: async (_key, _version, { value = '' }) => {
        throw Object.assign(new Error(quote(value), { cause: new Error(quote(value)) }), { code: '22P02' })
      },
    }
    const token = Token.from({ accessToken: 'access-canary-0123', refreshToken: 'refresh-canary-4567' })
    const error = await errorOf(source({ store: quoting }).save(token))
    const shown = JSON.stringify(error) + String((error.cause as Error).stack) + String(error.stack)
    expect(shown).not.toMatch(/access-canary|refresh-canary/)
    expect(error).toMatchObject({ code: 'store_failed', cause: { code: '22P02' } })
  })
})

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5))
}
