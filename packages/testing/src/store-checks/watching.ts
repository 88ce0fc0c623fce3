import { setTimeout } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { inTurn, openTwo, type StoreCheck, until, write } from './check.ts'
import type { TokenStoreFixture } from './fixture.ts'
import { withUncaught } from './uncaught.ts'

const key = 'user:42'

/** Who is notified of a write. */
export const watchingChecks: readonly StoreCheck[] = [
  {
    name: 'every watcher of a key is called after a write through any handle',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const watchers = [here, here, there].map((store) => watch(store))
      await inTurn(['first', 'second', undefined].entries(), async ([version, value]) => {
        const before = watchers.map(({ calls }) => calls)
        await write(there, key, { expected: version, value })
        await inTurn(watchers.entries(), ([index, watcher]) =>
          until(`watcher ${index} was called after write ${version + 1}`, () => watcher.calls > (before[index] ?? 0)),
        )
      })
      for (const { stop } of watchers) stop()
    },
  },
  {
    name: 'a stopped watcher is no longer called; the others still are',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const [stopped, other] = [watch(here), watch(here)]
      await write(there, key, { expected: 0, value: 'first' })
      await until('both watchers were called', () => stopped.calls > 0 && other.calls > 0)
      stopped.stop()
      stopped.stop() // stopping twice is not an error
      const [calls, before] = [stopped.calls, other.calls]
      await write(there, key, { expected: 1, value: 'second' })
      await until('the other watcher was called', () => other.calls > before)
      await setTimeout(20) // for a call that comes a little later
      expect(stopped.calls, 'calls of a stopped watcher').toBe(calls)
      other.stop()
    },
  },
  {
    name: 'a watcher that throws affects neither the write nor the other watchers',
    applies: canWatch,
    async check(fixture) {
      const [here, there] = await openTwo(fixture)
      const failure = new Error('thrown by a watcher')
      await withUncaught(failure, async () => {
        const throwing = watch(here, failure)
        const other = watch(here)
        await inTurn(['first', 'second'].entries(), async ([version, value]) => {
          const before = [throwing.calls, other.calls] as const
          await write(there, key, { expected: version, value })
          await until('the watcher that throws was called', () => throwing.calls > before[0])
          await until('the other watcher was called', () => other.calls > before[1])
        })
        throwing.stop()
        other.stop()
      })
    },
  },
]

/** Whether the store can notify of writes. */
export async function canWatch(fixture: TokenStoreFixture): Promise<boolean> {
  return (await fixture.open()).watch !== undefined
}

interface Watcher {
  calls: number
  stop: () => void
}

/** Starts a watcher that counts its calls. */
export function watch(store: TokenStore, failure?: Error): Watcher {
  const watcher: Watcher = { calls: 0, stop: () => {} }
  const stop = store.watch?.(key, () => {
    watcher.calls += 1
    if (failure) throw failure
  })
  if (stop) watcher.stop = stop
  return watcher
}
