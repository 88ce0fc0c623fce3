import { setImmediate } from 'node:timers/promises'
import { altered, alteredEach, type Broken, nothing, overwrite, withOwners } from '../altered.ts'

/** What may be wrong with many at once. */
export const concurrency: readonly Broken[] = [
  [
    'of writes that expect the same version at once, one is made',
    'between looking and writing there is time',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          const { version } = (await store.read(key)) ?? nothing
          await setImmediate()
          return version === expected && overwrite(store, key, write)
        },
      })),
    /those of 2 writers who wrote over version 0/,
  ],
  [
    'no update is lost among handles that read and write at once',
    'a write that came too late says that it was made',
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
    'a reader sees whole texts, each with its own version, and none older than what was written before it asked',
    'the version and the text are read one after the other',
    () =>
      altered((store) => ({
        async read(key) {
          const { version } = (await store.read(key)) ?? nothing
          await setImmediate()
          return version === 0 ? undefined : { version, value: (await store.read(key))?.value }
        },
      })),
    /is the whole text of version/,
  ],
  [
    'a reader sees whole texts, each with its own version, and none older than what was written before it asked',
    'each handle reads what it has read before',
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
    'of owners that ask for a lease at once, one gets it, when it is free and when it has ended',
    'between looking and taking there is time',
    () =>
      withOwners((store, { holds }) => ({
        async acquire(key, owner, ttl) {
          const free = (await store.acquire(key, 'nobody', 0)) || holds(key, owner)
          await setImmediate()
          return free && ((await store.acquire(key, owner, ttl)) || true)
        },
      })),
    /those of 2 owners who got the lease/,
  ],
]
