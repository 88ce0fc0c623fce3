import { memoryStore, type TokenStore } from '@grantkit/core'
import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken } from '../altered.ts'

const again = 'closed and opened again, it has kept every text and every version, and its clock has not gone back'

/** What may be wrong with what is kept. */
export const durability: readonly Broken[] = [
  [again, 'nothing is kept', () => reopened(() => memoryStore()), /the version of "user:42"/],
  [again, 'the clock begins anew', () => reopened((store) => ({ ...store, now: async () => 0 })), /the time after/],
  [
    again,
    'what was forgotten is swept out',
    () =>
      reopened((store) => ({
        ...store,
        async read(key) {
          const stored = await store.read(key)
          return stored?.value === undefined ? undefined : stored
        },
      })),
    /the version of "user:43"/,
  ],
  [
    'what is asked of a handle that was closed is refused, or done all the same',
    'a closed handle says yes',
    () => {
      const { open } = altered(() => ({}))
      let closed = false
      return {
        async open() {
          const store = await open()
          return { ...store, compareAndSet: async (...values) => closed || store.compareAndSet(...values) }
        },
        close: async () => void (closed = true),
      }
    },
    /the version of "user:42"/,
  ],
]

/** A store that is another once it was closed. */
function reopened(change: (store: TokenStore) => TokenStore): TokenStoreFixture {
  const { open } = altered(() => ({}))
  let closed = false
  return {
    open: async () => (closed ? change(await open()) : open()),
    close: async () => void (closed = true),
  }
}
