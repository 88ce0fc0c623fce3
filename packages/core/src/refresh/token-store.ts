/**
 * Where tokens are kept, for one process or a fleet of them: versioned strings, and a lease per key. The store knows
 * nothing of OAuth; the token source does, and writes one string per key. Writing a store for another engine means these
 * few calls, and `describeTokenStore` of `@grantkit/testing` proves it.
 *
 * Every call is atomic for its key, seen at once by every process that shares the store. A call that cannot be carried
 * out rejects; it never pretends to succeed. A rejection does not say whether a write was made: read, to find out.
 *
 * Strings, those of keys and owners too, are Unicode, NUL included, and compared as they are; one that an engine cannot
 * store rejects, and is never altered. Keys and owners are not empty, and may have at least 1,000 characters.
 *
 * @example
 * ```ts
 * import { memoryStore } from '@grantkit/core'
 *
 * const store = memoryStore()
 * await store.compareAndSet('user:42', 0, { value: 'first' }) // => true
 * await store.compareAndSet('user:42', 0, { value: 'too late' }) // => false
 * await store.read('user:42') // => { version: 1, value: 'first' }
 * await store.acquire('user:42', 'process-a', 30_000) // => true
 * await store.acquire('user:42', 'process-b', 30_000) // => false
 * ```
 */
export interface TokenStore {
  /** Whether the data is lost when the process exits, as in a store in memory. By default `false`. */
  readonly volatile?: boolean | undefined
  /** What is stored under a key, or undefined where nothing was ever written; leases write nothing. */
  read(key: string): Promise<StoredValue | undefined>
  /**
   * Writes if the stored version is still `expected`, and resolves to whether it did. Where nothing is stored the version
   * is 0, and each write makes it one more. Once it resolves to true, the string survives a crash of this process. A write
   * without a `value` forgets the string and keeps the version, for an hour at least: so a write that was on its way when
   * a user logged out finds another version. It is a write like any other. Leases do not restrict writes.
   */
  compareAndSet(key: string, expected: number, write: StoreWrite): Promise<boolean>
  /**
   * Takes the lease of a key, until `ttl` milliseconds from now by the store's clock; false while another owner has it.
   * The same owner gets it again.
   */
  acquire(key: string, owner: string, ttl: number): Promise<boolean>
  /** Keeps a lease until `ttl` milliseconds from now; false when it is over, or is another's. */
  renew(key: string, owner: string, ttl: number): Promise<boolean>
  /** Releases a lease; the lease of another owner is not affected. */
  release(key: string, owner: string): Promise<void>
  /**
   * The time of the store, in milliseconds since the epoch: the one clock that all its processes share, which rules the
   * leases. It does not go back.
   */
  now(): Promise<number>
  /**
   * Calls `onChange` soon after a key was written, by whatever process; sometimes without a reason. Returns a
   * function that stops it, which may be called twice. Leave `watch` out where the engine cannot do it: callers then poll.
   */
  watch?(key: string, onChange: () => void): () => void
}

/** What is written under a key. */
export interface StoreWrite {
  /** The string to keep; without one, what was there is forgotten. */
  readonly value?: string | undefined
  /**
   * From when on the record is of no use, in milliseconds since the epoch by the store's clock; it is kept forever unless
   * given. An hour later the store may sweep it, version and all, as if nothing had ever been written.
   */
  readonly until?: number | undefined
}

/** A string and its version. */
export interface StoredValue {
  /** How often the key was written. */
  readonly version: number
  /** The string; undefined if it was forgotten. */
  readonly value: string | undefined
}
