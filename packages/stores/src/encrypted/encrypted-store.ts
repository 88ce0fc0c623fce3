import { GrantError, type StoredText, type TokenStore } from '@grantkit/core'
import type { EncryptionKey } from './encryption-key.ts'
import { Keyring } from './keyring.ts'
import { type Names, namesOf } from './names.ts'
import { keyIdOf, open, seal } from './seal.ts'

/** The keys of an {@link encryptedStore}. */
export interface EncryptedStoreOptions {
  /** The key to write with, then older ones to read with: each 32 random bytes, as they are or as base64. */
  readonly keys: readonly [EncryptionKey, ...EncryptionKey[]]
  /** A key of its own to hash store keys with, where they tell who a user is. It stays as it is for ever: with another, nothing is found again. */
  readonly nameKey?: EncryptionKey
}

/** A store that encrypts. */
export interface EncryptedStore extends TokenStore {
  /**
   * Encrypts what is stored under these keys with the current one, after which an older one can go; resolves to how many
   * it was. Each is done under its lease, so that a refresh under way is waited for, and counts as a write.
   */
  rotate(keys: Iterable<string> | AsyncIterable<string>): Promise<number>
}

/**
 * Encrypts what another store keeps, with AES-256-GCM, each text bound to its key and its version: whoever can read the
 * database learns no token, and whoever can write to it cannot give one user the token of another, or an old one under
 * a new version. What is not encrypted, was changed, or needs a key that is not there rejects with `store_failed`, and
 * stays as it is. Versions, leases and what is forgotten pass through.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 * import { encryptedStore, generateKey } from '@grantkit/stores/encrypted'
 *
 * const inner = memoryStore()
 * const store = encryptedStore(inner, { keys: [generateKey()] })
 * await store.compareAndSet('user:42', 0, 'text') // => true
 * await store.read('user:42') // => { version: 1, value: 'text' }
 * const found = await inner.read('user:42')
 * found?.value?.startsWith('grantkit-sealed-1.') // => true
 * ```
 */
export function encryptedStore(store: TokenStore, { keys, nameKey }: EncryptedStoreOptions): EncryptedStore {
  if (!Array.isArray(keys) || keys.length === 0)
    throw new GrantError('config_invalid', 'keys is a list: { keys: [current, ...older] }')
  return new Encrypted(store, new Keyring(keys), namesOf(nameKey))
}

/** Milliseconds that a rotation has a lease for, and waits for that of another before it asks again. */
const leaseTime = 30_000
const pause = 100

class Encrypted implements EncryptedStore {
  readonly watch?: (key: string, onChange: () => void) => () => void
  readonly #store: TokenStore
  readonly #keyring: Keyring
  readonly #names: Names

  constructor(store: TokenStore, keyring: Keyring, names: Names) {
    this.#store = store
    this.#keyring = keyring
    this.#names = names
    const watch = store.watch?.bind(store)
    if (watch) this.watch = names.watching(watch)
  }

  async read(key: string): Promise<StoredText | undefined> {
    const stored = await this.#store.read(await this.#names.of(key))
    if (stored?.value === undefined) return stored
    return { version: stored.version, value: await open(stored.value, { key, version: stored.version }, this.#keyring) }
  }

  async compareAndSet(key: string, expected: number, value: string | undefined): Promise<boolean> {
    const place = { key, version: expected + 1 }
    const sealed = value === undefined ? undefined : await seal(value, place, await this.#keyring.current())
    return this.#store.compareAndSet(await this.#names.of(key), expected, sealed)
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
    for await (const key of keys) if (await this.#isOlder(key)) rotated += Number(await this.#rotateLeased(key))
    return rotated
  }

  async #isOlder(key: string): Promise<boolean> {
    const stored = await this.#store.read(await this.#names.of(key))
    return stored?.value !== undefined && keyIdOf(stored.value) !== (await this.#keyring.current()).id
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
    if (!(await this.#isOlder(key))) return false
    const stored = await this.read(key)
    if (stored?.value === undefined) return false
    return (await this.compareAndSet(key, stored.version, stored.value)) || this.#rewrite(key)
  }
}
