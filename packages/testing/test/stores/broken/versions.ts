import { memoryStore } from '@grantkit/core'
import { altered, type Broken, nothing, overwrite, withReadings } from '../altered.ts'

/** Stores that read or write versions wrongly. */
export const versions: readonly Broken[] = [
  [
    'opened several times at once, every handle works and reads what the others wrote',
    'each handle has data of its own',
    () => ({ open: async () => memoryStore(), close: async () => {} }),
    /"user:42" was written over version 1/,
  ],
  [
    'a key that was never written reads as undefined',
    'a missing key reads as version 0',
    () => withReadings((stored) => stored ?? nothing),
    /version: 0/,
  ],
  [
    'the first write has to expect version 0',
    'the first write may expect any version',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          return store.compareAndSet(key, (await store.read(key)) ? expected : 0, write)
        },
      })),
    /over version 1/,
  ],
  [
    'each write increments the version, even with the same value',
    'a write counts as two',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          return (await store.compareAndSet(key, expected, write)) && store.compareAndSet(key, expected + 1, write)
        },
      })),
    /the version of "user:42"[^]*2\n1$/,
  ],
  [
    'each write increments the version, even with the same value',
    'the same value is not written again',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          return (await store.read(key))?.value === write.value || store.compareAndSet(key, expected, write)
        },
      })),
    /the version of "user:42"[^]*4\n5$/,
  ],
  [
    'a write that expects a different version is refused and changes nothing',
    'every write succeeds',
    () => altered((store) => ({ compareAndSet: async (key, _, write) => overwrite(store, key, write) })),
    /over version 0, where version 3 is stored/,
  ],
  [
    'a write that expects a different version is refused and changes nothing',
    'the higher version wins',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          return ((await store.read(key))?.version ?? 0) <= expected && overwrite(store, key, write)
        },
      })),
    /over version 4, where version 3 is stored/,
  ],
  [
    'a write that expects a different version is refused and changes nothing',
    'forgetting may expect any version',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          return write.value === undefined ? overwrite(store, key, write) : store.compareAndSet(key, expected, write)
        },
      })),
    /over version 0, where version 3 is stored/,
  ],
  [
    'an invalid version number never writes',
    'a fraction is truncated',
    () =>
      altered((store) => ({
        compareAndSet: (key, expected, write) => store.compareAndSet(key, Math.trunc(expected), write),
      })),
    /over version 1\.5/,
  ],
]
