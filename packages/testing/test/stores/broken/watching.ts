import type { TokenStore } from '@grantkit/core'
import { altered, alteredEach, type Broken } from '../altered.ts'

const everyWatcher = 'every watcher of a key is called after a write, whichever handle made it'
const stopped = 'a watcher is not called once it was stopped, and the others still are'

/** What may be wrong with watching. */
export const watching: readonly Broken[] = [
  [
    everyWatcher,
    'none is called',
    () => altered(() => ({ watch: () => () => {} })),
    /watcher 0 was called after write 1/,
  ],
  [everyWatcher, 'those of the handle are called', () => alteredEach(ownWatch), /watcher 0 was called after write 1/],
  [
    everyWatcher,
    'forgetting calls none',
    () =>
      altered((store) => {
        const { compareAndSet, watch } = ownWatch(store)
        return {
          watch,
          compareAndSet: (...values) =>
            values[2].value === undefined ? store.compareAndSet(...values) : compareAndSet(...values),
        }
      }),
    /watcher 0 was called after write 3/,
  ],
  [
    stopped,
    'none is stopped',
    () =>
      altered((store) => ({
        watch(key, onChange) {
          store.watch(key, onChange)
          return () => {}
        },
      })),
    /calls of a watcher that was stopped/,
  ],
  [
    'a watcher that throws harms neither the write nor the other watchers',
    'it is called by the write',
    () => altered(ownWatch),
    /thrown by a watcher/,
  ],
]

/** Watchers that are called by the write itself. */
function ownWatch(store: TokenStore): Required<Pick<TokenStore, 'compareAndSet' | 'watch'>> {
  const watchers = new Set<() => void>()
  return {
    async compareAndSet(key, expected, write) {
      const written = await store.compareAndSet(key, expected, write)
      if (written) for (const onChange of watchers) onChange()
      return written
    },
    watch(_, onChange) {
      watchers.add(onChange)
      return () => void watchers.delete(onChange)
    },
  }
}
