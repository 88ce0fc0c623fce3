import { memoryStore, type StoredValue, type StoreWrite, type TokenStore } from '@grantkit/core'
import type { TokenStoreFixture } from '../../src/describe-token-store.ts'

/** A check, the flaw of a store that it has to detect, that store, and the message of the check. */
export type Broken = readonly [check: string, flaw: string, start: () => TokenStoreFixture, message: RegExp]

type Bound = Required<Omit<TokenStore, 'volatile'>>
type Change = (store: Bound) => Partial<TokenStore>

/** The store of core with some methods replaced; all handles share them. */
export function altered(change: Change): TokenStoreFixture {
  const store = bound(memoryStore())
  const handle = { ...store, ...change(store) }
  return { durable: false, open: async () => handle, close: async () => {} }
}

/** The same, but each handle has replacements of its own. */
export function alteredEach(change: Change): TokenStoreFixture {
  const store = bound(memoryStore())
  return { durable: false, open: async () => ({ ...store, ...change(store) }), close: async () => {} }
}

/** A store that changes keys before it uses them. */
export function withKeys(change: (key: string) => string): TokenStoreFixture {
  return altered((store) => ({
    read: (key) => store.read(change(key)),
    compareAndSet: (key, expected, write) => store.compareAndSet(change(key), expected, write),
    acquire: (key, owner, ttl) => store.acquire(change(key), owner, ttl),
    renew: (key, owner, ttl) => store.renew(change(key), owner, ttl),
    release: (key, owner) => store.release(change(key), owner),
  }))
}

/** A store that changes values before it stores them. */
export function withValues(change: (value: string) => string | undefined): TokenStoreFixture {
  return altered((store) => ({
    compareAndSet: (key, expected, write) =>
      store.compareAndSet(key, expected, write.value === undefined ? write : { ...write, value: change(write.value) }),
  }))
}

/** A store that changes what it reads. */
export function withReadings(change: (stored: StoredValue | undefined) => StoredValue | undefined): TokenStoreFixture {
  return altered((store) => ({ read: async (key) => change(await store.read(key)) }))
}

function bound(store: TokenStore): Bound {
  return {
    read: (key) => store.read(key),
    compareAndSet: (key, expected, write) => store.compareAndSet(key, expected, write),
    acquire: (key, owner, ttl) => store.acquire(key, owner, ttl),
    renew: (key, owner, ttl) => store.renew(key, owner, ttl),
    release: (key, owner) => store.release(key, owner),
    now: () => store.now(),
    watch: (key, onChange) => store.watch?.(key, onChange) ?? (() => {}),
  }
}

/** Who had a lease last, and who ever had. */
interface Owners {
  ownerOf(key: string): string
  holds(key: string, owner: string): boolean
  ever(key: string, owner: string): boolean
}

/** A store that records the owners of leases, with some methods replaced. */
export function withOwners(change: (store: Bound, owners: Owners) => Partial<TokenStore>): TokenStoreFixture {
  const taken: (readonly [key: string, owner: string])[] = []
  const owners: Owners = {
    ownerOf: (key) => taken.findLast(([name]) => name === key)?.[1] ?? '',
    holds: (key, owner) => owners.ownerOf(key) === owner,
    ever: (key, owner) => taken.some(([name, who]) => name === key && who === owner),
  }
  return altered((store) => {
    const { acquire = store.acquire, ...changed } = change(store, owners)
    return {
      ...changed,
      async acquire(key, owner, ttl) {
        const got = await acquire(key, owner, ttl)
        if (got) taken.push([key, owner])
        return got
      },
    }
  })
}

/** What some stores return for a missing key. */
export const nothing: StoredValue = { version: 0, value: undefined }

/** Writes over any version. */
export async function overwrite(store: TokenStore, key: string, write: StoreWrite): Promise<boolean> {
  return store.compareAndSet(key, (await store.read(key))?.version ?? 0, write)
}
