import { GrantError, type StoredText, type StoreWrite, type TokenStore } from '@grantkit/core'
import type { EncryptionKey } from '../keys/encryption-key.ts'
import { Keyring } from './keyring.ts'
import { type Names, namesOf } from './names.ts'
import { type Content, keyIdOf, open, seal } from './seal.ts'

/** The keys of an {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /** The key to write with, then older ones to read with: each 32 random bytes, as they are or as base64. */
  readonly keys: readonly [EncryptionKey, ...EncryptionKey[]]
  /** A key of its own to hash store keys with, where they tell who a user is. It stays as it is for ever: with another, nothing is found again. */
  readonly nameKey?: EncryptionKey
  /**
   * What the store is called: a string that was encrypted in one store is not accepted in another. The stores of this
   * package name themselves by their path, table or prefix; pass the name that a store had before it was moved or renamed,
   * and one of your own to a store without a name.
   */
  readonly name?: string
}

/** A store that encrypts. */
export interface EncryptedStore extends TokenStore {
  /** What its strings are bound to; empty where neither the store within nor the options give a name. */
  readonly name: string
  /**
   * Encrypts what is stored under these keys with the current one, after which an older one can go; resolves to how many
   * it was. Each is done under its lease, so that a refresh under way is waited for, and counts as a write.
   */
  rotate(keys: Iterable<string> | AsyncIterable<string>): Promise<number>
}

/**
 * Encrypts what another store keeps, with AES-256-GCM, each string bound to its store, its key and its version:
 * whoever can read the database learns no token, and whoever can write to it cannot give one user the token of another,
 * an old one under a new version, or one from another table. What is not encrypted, was changed, or needs a key that is
 * not there rejects with `store_failed`, and stays as it is. Versions, leases and what is forgotten pass through.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 * import { encryptedStore, generateKey } from '@grantkit/stores/encrypted'
 *
 * const inner = memoryStore()
 * const store = encryptedStore(inner, { keys: [generateKey()] })
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * const found = await inner.read('user:42')
 * found?.value?.startsWith('grantkit-sealed-1.') // => true
 * ```
 */
export function encryptedStore(store: TokenStore, { keys, nameKey, name }: EncryptedStoreOptions): EncryptedStore {
  if (!Array.isArray(keys) || keys.length === 0)
    throw new GrantError('config_invalid', 'keys is a list: { keys: [current, ...older] }')
  return new Encrypted(store, { keyring: new Keyring(keys), names: namesOf(nameKey), name: name ?? nameIn(store) })
}

/** The name that a store gives itself. */
function nameIn(store: TokenStore): string {
  return 'name' in store && typeof store.name === 'string' ? store.name : ''
}

interface Encryption {
  readonly keyring: Keyring
  readonly names: Names
  readonly name: string
}

/** Milliseconds that a rotation has a lease for, and waits for that of another before it asks again. */
const leaseTime = 30_000
const pause = 100

class Encrypted implements EncryptedStore {
  readonly name: string
  readonly volatile?: boolean
  readonly watch?: (key: string, onChange: () => void) => () => void
  readonly #store: TokenStore
  readonly #keyring: Keyring
  readonly #names: Names

  constructor(store: TokenStore, { keyring, names, name }: Encryption) {
    this.name = name
    this.#store = store
    this.#keyring = keyring
    this.#names = names
    if (store.volatile !== undefined) this.volatile = store.volatile
    const watch = store.watch?.bind(store)
    if (watch) this.watch = names.watching(watch)
  }

  async read(key: string): Promise<StoredText | undefined> {
    const stored = await this.#sealed(key)
    if (stored?.value === undefined) return stored
    const { value } = await this.#open(key, stored.version, stored.value)
    return { version: stored.version, value }
  }

  async compareAndSet(key: string, expected: number, { value, until }: StoreWrite): Promise<boolean> {
    const place = { store: this.name, key, version: expected + 1 }
    const sealed = value === undefined ? undefined : await seal({ value, until }, place, await this.#keyring.current())
    return this.#store.compareAndSet(await this.#names.of(key), expected, { value: sealed, until })
  }

  async acquire(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#store.acquire(await this.#names.of(key), owner, ttl)
  }

  async renew(key: string, owner: string, ttl: number): Promise<boolean> {
    return this.#store.renew(await this.#names.of(key), owner, ttl)
  }

  async release(key: string, owner: string): Promise<void> {
    await this.#store.release(await this.#names.of(key), owner)
  }

  now(): Promise<number> {
    return this.#store.now()
  }

  async rotate(keys: Iterable<string> | AsyncIterable<string>): Promise<number> {
    let rotated = 0
    for await (const key of keys)
      if (await this.#isOlder((await this.#sealed(key))?.value)) rotated += Number(await this.#rotateLeased(key))
    return rotated
  }

  async #sealed(key: string): Promise<StoredText | undefined> {
    return this.#store.read(await this.#names.of(key))
  }

  async #isOlder(sealed: string | undefined): Promise<boolean> {
    return sealed !== undefined && keyIdOf(sealed) !== (await this.#keyring.current()).id
  }

  async #rotateLeased(key: string): Promise<boolean> {
    const owner = `rotation ${crypto.randomUUID()}`
    // oxlint-disable-next-line eslint/no-await-in-loop -- waiting for the lease is the point
    while (!(await this.acquire(key, owner, leaseTime))) await new Promise((resolve) => setTimeout(resolve, pause))
    try {
      return await this.#rewrite(key)
    } finally {
      await this.release(key, owner)
    }
  }

  /** Writes what is stored once more, unless another has done so meanwhile: a login needs no lease. */
  async #rewrite(key: string): Promise<boolean> {
    const stored = await this.#sealed(key)
    if (stored?.value === undefined || !(await this.#isOlder(stored.value))) return false
    const content = await this.#open(key, stored.version, stored.value)
    return (await this.compareAndSet(key, stored.version, content)) || this.#rewrite(key)
  }

  #open(key: string, version: number, sealed: string): Promise<Content> {
    return open(sealed, { store: this.name, key, version }, this.#keyring)
  }
}
