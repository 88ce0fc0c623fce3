import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken, withReadings } from '../altered.ts'

const forgotten = 'forgetting is a write: it removes the value and increments the version'
const late = 'a write in flight when the value is forgotten is refused; one that expects the new version succeeds'

/** Stores that forget wrongly. */
export const forgetting: readonly Broken[] = [
  [
    forgotten,
    'a forgotten key reads as never written',
    () => withReadings((stored) => (stored?.value === undefined ? undefined : stored)),
    /the version of "user:42"[^]*undefined\n2$/,
  ],
  [
    forgotten,
    'a forgotten value is empty',
    () => withReadings((stored) => stored && { ...stored, value: stored.value ?? '' }),
    /the value of "user:42"/,
  ],
  [
    forgotten,
    'forgetting does not count as a write',
    () => withOffset((forgets) => -forgets),
    /the version of "user:42"[^]*1\n2$/,
  ],
  [
    late,
    'forgetting does not count as a write',
    () => withOffset((forgets) => -forgets),
    /whether the late write was made/,
  ],
  [
    late,
    'forgetting resets the version',
    () => withOffset((_, version) => -version),
    /whether the version started again/,
  ],
  [
    'a key that was never written can be forgotten, which increments its version',
    'a missing key cannot be forgotten',
    () =>
      altered((store) => ({
        async compareAndSet(key, expected, write) {
          const gone = write.value === undefined && (await store.read(key)) === undefined
          return gone || store.compareAndSet(key, expected, write)
        },
      })),
    /the version of "user:42"[^]*undefined\n1$/,
  ],
]

/** A store whose versions have an offset after each forgetting. */
function withOffset(offsetOf: (forgets: number, version: number) => number): TokenStoreFixture {
  let [forgets, offset] = [0, 0]
  return altered((store) => ({
    async read(key) {
      const stored = await store.read(key)
      return stored && stored.version + offset > 0 ? { ...stored, version: stored.version + offset } : undefined
    },
    async compareAndSet(key, expected, write) {
      const written = await store.compareAndSet(key, expected - offset, write)
      if (written && write.value === undefined) offset = offsetOf((forgets += 1), expected - offset + 1)
      return written
    },
  }))
}
