import { setTimeout } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { inTurn, openTwo, type StoreCheck, until, write } from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'
import { withUncaught } from './uncaught.ts'

const key = 'user:42'

/** Who hears of a write. */
export const watchingChecks: readonly StoreCheck[] = [
  {
    name: 'every watcher of a key is called after a write, whichever handle made it',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const watchers = [here, here, there].map((store) => watch(store))
      await inTurn(['first', 'second', undefined].entries(), async ([version, text]) => {
        const before = watchers.map(({ calls }) => calls)
        await write(there, key, version, text)
        await inTurn(watchers.entries(), ([index, watcher]) =>
          until(`watcher ${index} was called after write ${version + 1}`, () => watcher.calls > (before[index] ?? 0)),
        )
      })
      for (const { stop } of watchers) stop()
    },
  },
  {
    name: 'a watcher is not called once it was stopped, and the others still are',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const [stopped, other] = [watch(here), watch(here)]
      await write(there, key, 0, 'first')
      await until('both watchers were called', () => stopped.calls > 0 && other.calls > 0)
      stopped.stop()
      stopped.stop() // once more is no mistake
      const [calls, before] = [stopped.calls, other.calls]
      await write(there, key, 1, 'second')
      await until('the other watcher was called', () => other.calls > before)
      await setTimeout(20) // for a call that comes a little later than that of the other
      expect(stopped.calls, 'calls of a watcher that was stopped').toBe(calls)
      other.stop()
    },
  },
  {
    name: 'a watcher that throws harms neither the write nor the other watchers',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const failure = new Error('thrown by a watcher')
      await withUncaught(failure, async () => {
        const throwing = watch(here, failure)
        const other = watch(here)
        await inTurn(['first', 'second'].entries(), async ([version, text]) => {
          const before = [throwing.calls, other.calls] as const
          await write(there, key, version, text)
          await until('the watcher that throws was called', () => throwing.calls > before[0])
          await until('the other watcher was called', () => other.calls > before[1])
        })
        throwing.stop()
        other.stop()
      })
    },
  },
]

/** Whether the engine can tell of writes. */
export async function canWatch(fixture: TokenStoreFixture): Promise<boolean> {
  return (await fixture.open()).watch !== undefined
}

interface Watcher {
  calls: number
  stop: () => void
}

/** Counts the calls of a watcher. */
export function watch(store: TokenStore, failure?: Error): Watcher {
  const watcher: Watcher = { calls: 0, stop: () => {} }
  const stop = store.watch?.(key, () => {
    watcher.calls += 1
    if (failure) throw failure
  })
  if (stop) watcher.stop = stop
  return watcher
}
