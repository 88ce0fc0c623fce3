import { GrantError, type StoredValue, type StoreWrite, type TokenStore } from '@grantkit/core'
import type { EncryptionKey } from '../keys/encryption-key.ts'
import { Keyring } from './keyring.ts'
import { type Names, namesOf } from './names.ts'
import { type Content, keyIdOf, open, seal } from './seal.ts'

/** Options of {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /** The current key, which encrypts, then older keys, which only decrypt: each 32 random bytes, raw or as base64. */
  readonly keys: readonly [EncryptionKey, ...EncryptionKey[]]
  /** A separate key to hash store keys with, if they identify users. Never change it: with another key, nothing is found. */
  readonly nameKey?: EncryptionKey
  /**
   * The name of the store: a value that was encrypted in one store is refused in another. The stores of this package are
   * named by their path, table or prefix. Pass the old name after moving or renaming a store, and a name of your choice
   * for a store without one.
   */
  readonly name?: string
}

/** An encrypting store. */
export interface EncryptedStore extends TokenStore {
  /** The name that values are bound to; empty if neither the inner store nor the options have one. */
  readonly name: string
  /**
   * Encrypts the values of these store keys with the current encryption key; afterwards, older keys can be removed.
   * Resolves to the number of rewritten values. Each counts as a write, under the lease of its key, so it waits for a
   * refresh in progress.
   */
  rotate(keys: Iterable<string> | AsyncIterable<string>): Promise<number>
}

/**
 * Encrypts the values of another store with AES-256-GCM and binds each to its store, key and version. An attacker who can
 * read the database learns no token. One who can write to it cannot give a user the token of another, an old token, or
 * one from another table. A value that is not encrypted, was changed, or needs a missing key rejects with `store_failed`
 * and is not changed. Versions and leases pass through, and so does forgetting.
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
    throw new GrantError('config_invalid', 'keys has to be a list: { keys: [current, ...older] }')
  return new Encrypted(store, { keyring: new Keyring(keys), names: namesOf(nameKey), name: name ?? nameIn(store) })
}

/** The name of a store; empty if it has none. */
function nameIn(store: TokenStore): string {
  return 'name' in store && typeof store.name === 'string' ? store.name : ''
}

interface Encryption {
  readonly keyring: Keyring
  readonly names: Names
  readonly name: string
}

/** Milliseconds: the lifetime of a rotation's lease, and the pause before it tries again to acquire one. */
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

  async read(key: string): Promise<StoredValue | undefined> {
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

  async #sealed(key: string): Promise<StoredValue | undefined> {
    return this.#store.read(await this.#names.of(key))
  }

  async #isOlder(sealed: string | undefined): Promise<boolean> {
    return sealed !== undefined && keyIdOf(sealed) !== (await this.#keyring.current()).id
  }

  async #rotateLeased(key: string): Promise<boolean> {
    const owner = `rotation ${crypto.randomUUID()}`
    // oxlint-disable-next-line eslint/no-await-in-loop -- waits for the lease
    while (!(await this.acquire(key, owner, leaseTime))) await new Promise((resolve) => setTimeout(resolve, pause))
    try {
      return await this.#rewrite(key)
    } finally {
      await this.release(key, owner)
    }
  }

  /** Encrypts a value again; repeats if it was replaced meanwhile, because a login does not need the lease. */
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
