import { memoryStore, type TokenStore } from '@grantkit/core'
import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken } from '../altered.ts'

const again = 'after closing and reopening, every value and version is kept, and the clock has not gone back'

/** Stores that lose data when they are closed. */
export const durability: readonly Broken[] = [
  [again, 'nothing is kept', () => reopened(() => memoryStore()), /the version of "user:42"/],
  [
    again,
    'the clock starts again',
    () => reopened((store) => ({ ...store, now: async () => 0 })),
    /the time after reopening/,
  ],
  [
    again,
    'forgotten keys are swept',
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
    'a write through a closed handle either fails or is stored',
    'a closed handle reports success',
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

/** A store that changes once it has been closed. */
function reopened(change: (store: TokenStore) => TokenStore): TokenStoreFixture {
  const { open } = altered(() => ({}))
  let closed = false
  return {
    open: async () => (closed ? change(await open()) : open()),
    close: async () => void (closed = true),
  }
}
