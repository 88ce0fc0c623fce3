import { join } from 'node:path'
import { memoryStore, Provider, Token, type TokenStore } from '@grantkit/core'
import { fileStore } from '@grantkit/stores/file'
import { singleProcessStore } from '@grantkit/stores/single-process'
import { describe, expect, test, vi } from 'vitest'
import { patience } from './support/patience.ts'
import { contentOf, modeOf, temporary } from './support/temporary.ts'

vi.setConfig(patience)

// Where users of earlier libraries stored tokens.

const metadata = { token_endpoint: 'https://id.acme.example/token' }
const acme = () => new Provider({ name: 'acme', metadata }, { clientId: 'cid' })
const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })

/** `localStorage` of a browser. */
function webStorage(): TokenStore {
  const items: Record<string, string> = {}
  const storage = {
    getItem: (key: string) => items[key] ?? null,
    setItem: (key: string, value: string) => void (items[key] = value),
    removeItem: (key: string) => void delete items[key],
  }
  return singleProcessStore({
    get: (key) => storage.getItem(key) ?? undefined,
    set: (key, value) => storage.setItem(key, value),
    delete: (key) => storage.removeItem(key),
  })
}

/** The session object of a web framework. */
function session(): TokenStore {
  const data: Record<string, string> = {}
  return singleProcessStore({
    get: (key) => data[key],
    set: (key, value) => void (data[key] = value),
    delete: (key) => void delete data[key],
  })
}

/** A storage like a Redis client: async `get`, `set` and `delete`. */
function remote(): TokenStore {
  const values = new Map<string, string>()
  return singleProcessStore({
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  })
}

describe('where tokens were kept', () => {
  test.each<[string, () => TokenStore | Promise<TokenStore>]>([
    ['memory', memoryStore],
    ['a file', async () => fileStore({ path: join(await temporary(), 'tokens') })],
    ['the storage of a browser', webStorage],
    ['the session of a user', session],
    ['get and set of another machine', remote],
  ])('E-72: %s keeps a token for each user', async (_, open) => {
    const store = await open()
    const [ada, bob] = ['ada', 'bob'].map((key) => acme().tokenSource({ store, key }))
    await ada?.save(token)
    expect((await ada?.peek())?.refreshToken).toBe('canary-refresh')
    expect(await bob?.peek()).toBeUndefined()
    await ada?.clear()
    expect(await ada?.peek()).toBeUndefined()
  })

  test('E-61, E-72: a token in a private file survives a restart, without a login', async () => {
    const path = join(await temporary(), 'tokens')
    const before = fileStore({ path })
    await acme().tokenSource({ store: before, key: 'me' }).save(token)
    await before.close()
    const tokens = acme().tokenSource({ store: fileStore({ path }), key: 'me' })
    expect((await tokens.token()).accessToken).toBe('canary-access')
    const modes = Object.keys(await contentOf(path)).map((name) => modeOf(join(path, name)))
    expect(new Set(await Promise.all(modes))).toEqual(new Set(['600']))
  })
})
