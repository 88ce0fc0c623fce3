import { setImmediate } from 'node:timers/promises'
import { altered, alteredEach, type Broken, nothing, overwrite, withOwners } from '../altered.ts'

/** Stores that fail under concurrency. */
export const concurrency: readonly Broken[] = [
  [
    'only one of several concurrent writes with the same expected version succeeds',
    'it reads first and writes later',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          const { version } = (await store.read(key)) ?? nothing
          await setImmediate()
          return version === expected && overwrite(store, key, write)
        },
      })),
    /winners among 2 writers over version 0/,
  ],
  [
    'no update is lost when handles read and write concurrently',
    'a late write reports success',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          const { version } = (await store.read(key)) ?? nothing
          await setImmediate()
          return version === expected && ((await store.compareAndSet(key, expected, write)) || true)
        },
      })),
    /the version of "user:42"[^]*\n100$/,
  ],
  [
    'a read returns a whole value with its version, never older than a write completed before it',
    'the version and the value are read separately',
    () =>
      altered((store) => ({
        async read(key) {
          const { version } = (await store.read(key)) ?? nothing
          await setImmediate()
          return version === 0 ? undefined : { version, value: (await store.read(key))?.value }
        },
      })),
    /is the whole value of version/,
  ],
  [
    'a read returns a whole value with its version, never older than a write completed before it',
    'each handle returns its previous read',
    () =>
      alteredEach((store) => {
        let before = store.read('user:42')
        return {
          read(key) {
            const stored = before
            before = store.read(key)
            return stored
          },
        }
      }),
    /the version that is read/,
  ],
  [
    'only one of several concurrent owners gets a lease, whether it was free or has expired',
    'it checks first and acquires later',
    () =>
      withOwners((store, { holds }) => ({
        async acquire(key, owner, ttl) {
          const free = (await store.acquire(key, 'nobody', 0)) || holds(key, owner)
          await setImmediate()
          return free && ((await store.acquire(key, owner, ttl)) || true)
        },
      })),
    /winners among 2 owners/,
  ],
]
