import type { StoreWrite, TokenStore } from '@grantkit/core'

/** A store whose values can be swept some time after the last write: the tokens of sessions that nobody has ended. */
export function sweptStore(store: TokenStore, lifetime: number): TokenStore {
  const watch = store.watch?.bind(store)
  return {
    ...(store.volatile !== undefined && { volatile: store.volatile }),
    ...(watch && { watch }),
    read: (key) => store.read(key),
    acquire: (key, owner, ttl) => store.acquire(key, owner, ttl),
    renew: (key, owner, ttl) => store.renew(key, owner, ttl),
    release: (key, owner) => store.release(key, owner),
    now: () => store.now(),
    compareAndSet: async (key, expected, write: StoreWrite) =>
      store.compareAndSet(
        key,
        expected,
        write.value === undefined ? write : { until: (await store.now()) + lifetime, ...write },
      ),
  }
}
