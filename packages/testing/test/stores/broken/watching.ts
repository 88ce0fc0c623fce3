import type { TokenStore } from '@grantkit/core'
import { altered, alteredEach, type Broken } from '../altered.ts'

const everyWatcher = 'every watcher of a key is called after a write through any handle'
const stopped = 'a stopped watcher is no longer called; the others still are'

/** Stores that notify wrongly. */
export const watching: readonly Broken[] = [
  [
    everyWatcher,
    'no watcher is called',
    () => altered(() => ({ watch: () => () => {} })),
    /watcher 0 was called after write 1/,
  ],
  [
    everyWatcher,
    'only watchers of the same handle are called',
    () => alteredEach(ownWatch),
    /watcher 0 was called after write 1/,
  ],
  [
    everyWatcher,
    'forgetting calls no watcher',
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
    'no watcher can be stopped',
    () =>
      altered((store) => ({
        watch(key, onChange) {
          store.watch(key, onChange)
          return () => {}
        },
      })),
    /calls of a stopped watcher/,
  ],
  [
    'a watcher that throws affects neither the write nor the other watchers',
    'the write itself calls it',
    () => altered(ownWatch),
    /thrown by a watcher/,
  ],
]

/** Watchers called by the write itself. */
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
