import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken, withReadings } from '../altered.ts'

const forgotten = 'forgetting is a write: the text is gone, and the version is one more'
const late = 'a write that was on its way when the text was forgotten is refused; one that knows of it is made'

/** What may be wrong with forgetting. */
export const forgetting: readonly Broken[] = [
  [
    forgotten,
    'what is forgotten was never written',
    () => withReadings((stored) => (stored?.value === undefined ? undefined : stored)),
    /the version of "user:42"[^]*undefined\n2$/,
  ],
  [
    forgotten,
    'what is forgotten is empty',
    () => withReadings((stored) => stored && { ...stored, value: stored.value ?? '' }),
    /the text of "user:42"/,
  ],
  [forgotten, 'forgetting is no write', () => withOffset((forgets) => -forgets), /the version of "user:42"[^]*1\n2$/],
  [late, 'forgetting is no write', () => withOffset((forgets) => -forgets), /whether the late write was made/],
  [late, 'forgetting ends the count', () => withOffset((_, version) => -version), /whether the version began anew/],
  [
    'what was never written can be forgotten, and that counts too',
    'what is not there is not forgotten',
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

/** A store whose versions are off by what forgetting makes of them. */
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
