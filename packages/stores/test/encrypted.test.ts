import { inspect } from 'node:util'
import { memoryStore, type StoredValue, type TokenStore } from '@grantkit/core'
import { encryptedStore, type EncryptionKey, generateKey } from '@grantkit/stores/encrypted'
import { describeTokenStore } from '@grantkit/testing'
import { describe, expect, test, vi } from 'vitest'
import { fixtureOf } from './support/fixture.ts'
import { patience } from './support/patience.ts'
import { refusalOf } from './support/refusal.ts'
import { temporary } from './support/temporary.ts'
import { until } from './support/until.ts'

vi.setConfig(patience)

describeTokenStore('in SQLite, encrypted', async () => {
  const path = `${await temporary()}/tokens.db`
  return fixtureOf({ store: 'encrypted', within: { store: 'sqlite', path }, keys: [generateKey()] })
})

describe.each([
  ['encrypted', {}],
  ['encrypted, under hashed keys', { nameKey: generateKey() }],
])('in memory, %s', (name, options) => {
  describeTokenStore(`in memory, ${name}`, async () => {
    const inner = memoryStore()
    const keys = [generateKey()] as const
    return { durable: false, open: async () => encryptedStore(inner, { keys, ...options }), close: async () => {} }
  })
})

test('the inner store shows no part of a value, and no two ciphertexts are the same', async () => {
  const { inner, store } = setUp()
  await store.compareAndSet('user:42', 0, { value: 'the same text' })
  await store.compareAndSet('user:43', 0, { value: 'the same text' })
  const [one, two] = [await valueIn(inner, 'user:42'), await valueIn(inner, 'user:43')]
  for (const value of [one, two]) {
    expect(value).toMatch(/^grantkit-sealed-1\.[\w-]{11}\.[\w-]+$/)
    expect(Buffer.from(value.split('.')[2] ?? '', 'base64url').includes('the same')).toBe(false)
  }
  expect(one.slice(0, 29), 'format and key id').toBe(two.slice(0, 29))
  expect(one).not.toBe(two)
})

test('writing the same value again gives another ciphertext', async () => {
  const { inner, store } = setUp()
  const seen = new Set<string>()
  for (let version = 0; version < 50; version++) {
    await store.compareAndSet('user:42', version, { value: 'text' })
    seen.add(nonceOf(await valueIn(inner, 'user:42')))
  }
  expect(seen.size).toBe(50)
})

test('forgetting, versions and leases pass through', async () => {
  const { inner, store } = setUp()
  await store.compareAndSet('user:42', 0, { value: 'text' })
  await store.compareAndSet('user:42', 1, {})
  expect(await inner.read('user:42')).toEqual({ version: 2, value: undefined })
  expect(await store.read('user:42')).toEqual({ version: 2, value: undefined })
  expect(await inner.acquire('user:42', 'a', 60_000)).toBe(true)
  expect(await store.acquire('user:42', 'b', 60_000)).toBe(false)
})

describe('a value is refused and not changed', () => {
  test('if any byte of it was changed', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet('user:42', 0, { value: 'text' })
    const sealed = await valueIn(inner, 'user:42')
    const [format, id, content = ''] = sealed.split('.')
    const bytes = Buffer.from(content, 'base64url')
    for (const position of bytes.keys()) {
      const changed = Buffer.from(bytes)
      changed[position] = (changed[position] ?? 0) ^ 1
      const place = replacing(inner, 'user:42', `${format}.${id}.${changed.toString('base64url')}`)
      expect(await refusalOf(() => openAgain(place, store).read('user:42'), 'report')).toMatch(
        /was changed, or belongs to another/,
      )
    }
    for (let length = 0; length < sealed.length; length++) {
      const place = replacing(inner, 'user:42', sealed.slice(0, length))
      await expect(openAgain(place, store).read('user:42')).rejects.toMatchObject({ code: 'store_failed' })
    }
    expect(await store.read('user:42'), 'the text that was not changed').toEqual({ version: 1, value: 'text' })
  })

  test('if it was moved to another key', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet('user:42', 0, { value: 'of user 42' })
    await store.compareAndSet('user:43', 0, { value: 'of user 43' })
    await inner.compareAndSet('user:43', 1, { value: await valueIn(inner, 'user:42') })
    expect(await refusalOf(() => store.read('user:43'), 'report')).toMatch(/belongs to another key, version or store/)
    const place = replacing(inner, 'user:43', await valueIn(inner, 'user:42'), 1)
    expect(await refusalOf(() => openAgain(place, store).read('user:43'), 'report')).toMatch(
      /belongs to another key, version or store/,
    )
  })

  test('if it is an old one under a new version', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet('user:42', 0, { value: 'first' })
    const old = await valueIn(inner, 'user:42')
    await store.compareAndSet('user:42', 1, { value: 'second' })
    await inner.compareAndSet('user:42', 2, { value: old })
    expect(await refusalOf(() => store.read('user:42'), 'report')).toMatch(/belongs to another key, version or store/)
    expect(await valueIn(inner, 'user:42')).toBe(old)
  })

  test('if it was encrypted with a missing key', async () => {
    const { inner, store } = setUp()
    await store.compareAndSet('user:42', 0, { value: 'text' })
    const sealed = await valueIn(inner, 'user:42')
    const other = encryptedStore(inner, { keys: [generateKey(), generateKey()] })
    expect(await refusalOf(() => other.read('user:42'))).toMatch(
      /a key that is missing from keys: add it after the current key/,
    )
    expect(await valueIn(inner, 'user:42')).toBe(sealed)
  })

  test('if it has the ID of one key but was encrypted with another', async () => {
    const keys = [generateKey(), generateKey()] as const
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [keys[1]] }).compareAndSet('user:42', 0, { value: 'text' })
    await encryptedStore(inner, { keys: [keys[0]] }).compareAndSet('user:43', 0, { value: 'text' })
    const [format, , content] = (await valueIn(inner, 'user:42')).split('.')
    const [, id] = (await valueIn(inner, 'user:43')).split('.')
    const place = replacing(inner, 'user:42', `${format}.${id}.${content}`)
    expect(await refusalOf(() => encryptedStore(place, { keys }).read('user:42'), 'report')).toMatch(/was changed/)
  })

  test.each([
    'text',
    '',
    '{"accessToken":"mF_9.B5f-4.1JqM"}',
    'a.b.c',
    'grantkit-sealed-1..',
    'grantkit-sealed-2.AAAAAAAAAAA.AAAA',
  ])('if it is not encrypted: %j', async (plain) => {
    const { inner, store } = setUp()
    await inner.compareAndSet('user:42', 0, { value: plain })
    expect(await refusalOf(() => store.read('user:42'), 'report')).toMatch(
      /is not encrypted or is damaged; it was not changed/,
    )
    expect(await refusalOf(() => store.rotate(['user:42']), 'report')).toMatch(/is not encrypted/)
    expect(await inner.read('user:42')).toEqual({ version: 1, value: plain })
    const error: unknown = await store.read('user:42').catch((thrown: unknown) => thrown)
    expect(plain.length > 10 && inspect(error, { depth: 9, showHidden: true }).includes(plain)).toBe(false)
  })
})

describe('keys', () => {
  test('are 32 bytes, raw or as base64 in either alphabet, with or without padding: all the same key', async () => {
    const bytes = Buffer.from('fbf7efdfbf7ffefdfbf7efdfbf7f00112233445566778899aabbccddeeff0102', 'hex')
    const forms: EncryptionKey[] = [
      new Uint8Array(bytes),
      bytes,
      bytes.toString('base64'),
      bytes.toString('base64').replace('=', ''),
      bytes.toString('base64url'),
    ]
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [bytes] }).compareAndSet('user:42', 0, { value: 'text' })
    for (const key of forms)
      expect(await encryptedStore(inner, { keys: [key] }).read('user:42')).toEqual({ version: 1, value: 'text' })
  })

  test('are copied: later changes to the bytes have no effect', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32))
    const [inner, again] = [memoryStore(), new Uint8Array(bytes)]
    const store = encryptedStore(inner, { keys: [bytes] })
    bytes.fill(0)
    await store.compareAndSet('user:42', 0, { value: 'text' })
    expect(await encryptedStore(inner, { keys: [again] }).read('user:42')).toEqual({ version: 1, value: 'text' })
  })

  test.each([
    ['a passphrase', 'correct horse battery staple'],
    ['a passphrase of 32 characters', 'correct horse battery staple 42!'],
    ['a passphrase that could be base64', 'correcthorsebatterystaplecorrecthorsebatter'.replace(/r$/, 's')],
    ['base64 of a passphrase', Buffer.from('correct horse battery staple 42!').toString('base64')],
    ['the bytes of a passphrase', Buffer.from('correct horse battery staple 42!')],
    ['hexadecimal digits', 'fbf7efdfbf7ffefdfbf7efdfbf7f00112233445566778899aabbccddeeff0102'],
    ['too few bytes', new Uint8Array(16).map((_, index) => index * 7)],
    ['too many bytes', new Uint8Array(64).map((_, index) => index * 7)],
    ['base64 of too few bytes', 'AbCdEfGhIjKlMnOpQrStUv'],
    ['zeros', new Uint8Array(32)],
    ['zeros in base64', 'A'.repeat(43)],
    ['nothing', ''],
    ['undefined, from a variable that is not set', undefined as unknown as string],
  ])('are not %s', (_, key) => {
    const message = /^keys\[1\] .*use a key from generateKey\(\) or "openssl rand -base64 32"$/
    const error = thrownBy(() => encryptedStore(memoryStore(), { keys: [generateKey(), key] }))
    expect(error).toMatchObject({ name: 'GrantError', code: 'config_invalid', message: expect.stringMatching(message) })
    if (key?.length) expect(inspect(error)).not.toContain(String(key))
    const ofNames = thrownBy(() => encryptedStore(memoryStore(), { keys: [generateKey()], nameKey: key ?? '' }))
    expect(ofNames).toMatchObject({ code: 'config_invalid', message: expect.stringMatching(/^nameKey /) })
  })

  test.each([[[]], ['text'], [undefined]])('have to be a list that is not empty, not %j', (keys) => {
    expect(thrownBy(() => encryptedStore(memoryStore(), { keys: keys as never }))).toMatchObject({
      code: 'config_invalid',
      message: 'keys has to be a list: { keys: [current, ...older] }',
    })
  })

  test('that are generated are all accepted', () => {
    for (let count = 0; count < 1_000; count++)
      expect(encryptedStore(memoryStore(), { keys: [generateKey()] })).toBeDefined()
  })

  test('are not visible in a store', () => {
    const key = generateKey()
    const store = encryptedStore(memoryStore(), { keys: [key], nameKey: key })
    expect(inspect(store, { depth: 9, showHidden: true })).not.toContain(key)
    expect(JSON.stringify(store)).not.toContain(key)
  })
})

describe('rotation', () => {
  test('decrypts with any of the keys and encrypts with the first', async () => {
    const [older, current] = [generateKey(), generateKey()]
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [older] }).compareAndSet('user:42', 0, { value: 'text' })
    const both = encryptedStore(inner, { keys: [current, older] })
    expect(await both.read('user:42')).toEqual({ version: 1, value: 'text' })
    await both.compareAndSet('user:42', 1, { value: 'next' })
    const only = encryptedStore(inner, { keys: [current] })
    expect(await only.read('user:42')).toEqual({ version: 2, value: 'next' })
  })

  test('encrypts stored values with the current key and returns their number', async () => {
    const [older, current] = [generateKey(), generateKey()]
    const inner = memoryStore()
    const before = encryptedStore(inner, { keys: [older] })
    for (const key of ['user:42', 'user:43', 'user:44']) await before.compareAndSet(key, 0, { value: `of ${key}` })
    await before.compareAndSet('user:44', 1, {})
    const both = encryptedStore(inner, { keys: [current, older] })
    await both.compareAndSet('user:45', 0, { value: 'new' })
    expect(await both.rotate(['user:42', 'user:43', 'user:44', 'user:45', 'user:46'])).toBe(2)
    const only = encryptedStore(inner, { keys: [current] })
    expect(await only.read('user:42')).toEqual({ version: 2, value: 'of user:42' })
    expect(await only.read('user:43')).toEqual({ version: 2, value: 'of user:43' })
    expect(await only.read('user:44')).toEqual({ version: 2, value: undefined })
    expect(await only.read('user:45')).toEqual({ version: 1, value: 'new' })
    expect(await both.rotate(['user:42', 'user:43'])).toBe(0)
    expect(await only.acquire('user:42', 'a', 1_000), 'whether the lease was given back').toBe(true)
  })

  test('accepts an async iterable of keys', async () => {
    const [older, current] = [generateKey(), generateKey()]
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [older] }).compareAndSet('user:42', 0, { value: 'text' })
    async function* keys() {
      yield 'user:42'
      expect(await encryptedStore(inner, { keys: [current] }).read('user:42')).toEqual({ version: 2, value: 'text' })
    }
    expect(await encryptedStore(inner, { keys: [current, older] }).rotate(keys())).toBe(1)
  })

  test('waits for a refresh in progress, and then finds nothing to do', async () => {
    const [older, current] = [generateKey(), generateKey()]
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [older] }).compareAndSet('user:42', 0, { value: 'text' })
    const both = encryptedStore(inner, { keys: [current, older] })
    await both.acquire('user:42', 'a refresh', 60_000)
    let refused = false
    const place: TokenStore = {
      ...forwarding(inner),
      acquire: async (...parameters) => {
        const taken = await inner.acquire(...parameters)
        refused ||= !taken
        return taken
      },
    }
    const rotating = encryptedStore(place, { keys: [current, older] }).rotate(['user:42'])
    await until('the rotation was refused the lease', () => refused)
    expect(await both.compareAndSet('user:42', 1, { value: 'fresh' }), 'whether the refresh could write').toBe(true)
    await both.release('user:42', 'a refresh')
    expect(await rotating).toBe(0)
    expect(await both.read('user:42')).toEqual({ version: 2, value: 'fresh' })
  })

  test('does not undo a concurrent login', async () => {
    const [older, current] = [generateKey(), generateKey()]
    const inner = memoryStore()
    const before = encryptedStore(inner, { keys: [older] })
    await before.compareAndSet('user:42', 0, { value: 'text' })
    let login = true
    const place: TokenStore = {
      ...forwarding(inner),
      compareAndSet: async (...parameters) => {
        if (login) await before.compareAndSet('user:42', 1, { value: 'of a login' })
        login = false
        return inner.compareAndSet(...parameters)
      },
    }
    expect(await encryptedStore(place, { keys: [current, older] }).rotate(['user:42'])).toBe(1)
    expect(await encryptedStore(inner, { keys: [current] }).read('user:42')).toEqual({
      version: 3,
      value: 'of a login',
    })
  })
})

describe('with a name key', () => {
  test('the inner store does not see the keys, and the same key is found again', async () => {
    const inner = memoryStore()
    const seen: string[] = []
    const place: TokenStore = { ...forwarding(inner), read: (key) => (seen.push(key), inner.read(key)) }
    const options = { keys: [generateKey()] as const, nameKey: generateKey() }
    await encryptedStore(place, options).compareAndSet('ada@acme.example', 0, { value: 'text' })
    expect(await encryptedStore(place, options).read('ada@acme.example')).toEqual({ version: 1, value: 'text' })
    await encryptedStore(place, options).read('bob@acme.example')
    expect(seen).toEqual([expect.stringMatching(/^[\w-]{43}$/), expect.stringMatching(/^[\w-]{43}$/)])
    expect(seen[0]).not.toBe(seen[1])
  })

  test('encryption keys can be rotated without it, and another name key finds nothing', async () => {
    const [older, current, nameKey] = [generateKey(), generateKey(), generateKey()]
    const inner = memoryStore()
    await encryptedStore(inner, { keys: [older], nameKey }).compareAndSet('user:42', 0, { value: 'text' })
    expect(await encryptedStore(inner, { keys: [current, older], nameKey }).rotate(['user:42'])).toBe(1)
    expect(await encryptedStore(inner, { keys: [current], nameKey }).read('user:42')).toMatchObject({ value: 'text' })
    expect(await encryptedStore(inner, { keys: [current], nameKey: generateKey() }).read('user:42')).toBeUndefined()
  })
})

test('a store without watch has none when it is encrypted', () => {
  const { watch: _, ...inner } = forwarding(memoryStore())
  expect(encryptedStore(inner, { keys: [generateKey()] }).watch).toBeUndefined()
  expect(encryptedStore(memoryStore(), { keys: [generateKey()] }).watch).toBeDefined()
})

const keysOf = new WeakMap<TokenStore, string>()

/** A memory store and an encrypted store around it. */
function setUp(): { inner: TokenStore; store: ReturnType<typeof encryptedStore> } {
  const inner = memoryStore()
  const key = generateKey()
  const store = encryptedStore(inner, { keys: [key] })
  keysOf.set(store, key)
  return { inner, store }
}

/** The same keys, around another store. */
function openAgain(place: TokenStore, store: TokenStore): TokenStore {
  return encryptedStore(place, { keys: [keysOf.get(store) ?? ''] })
}

/** A store with another value under one key, as an attacker with write access could plant it. */
function replacing(inner: TokenStore, key: string, value: string, version?: number): TokenStore {
  const read = async (asked: string): Promise<StoredValue | undefined> => {
    const stored = await inner.read(asked)
    return asked === key && stored ? { version: version ?? stored.version, value } : stored
  }
  return { ...forwarding(inner), read }
}

function forwarding(inner: TokenStore): TokenStore {
  return {
    read: (key) => inner.read(key),
    compareAndSet: (...parameters) => inner.compareAndSet(...parameters),
    acquire: (...parameters) => inner.acquire(...parameters),
    renew: (...parameters) => inner.renew(...parameters),
    release: (...parameters) => inner.release(...parameters),
    now: () => inner.now(),
    watch: (...parameters) => inner.watch?.(...parameters) ?? (() => {}),
  }
}

async function valueIn(inner: TokenStore, key: string): Promise<string> {
  return (await inner.read(key))?.value ?? ''
}

function nonceOf(sealed: string): string {
  return (sealed.split('.')[2] ?? '').slice(0, 16)
}

function thrownBy(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}
