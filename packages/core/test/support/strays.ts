import { setImmediate as turn } from 'node:timers/promises'

const kinds = ['uncaughtException', 'unhandledRejection'] as const

/** Notes what nobody catches, until the function that it returns is called: that waits a few turns, and says what it was. */
export function watchStrays(): () => Promise<readonly unknown[]> {
  const strays: unknown[] = []
  const note = (error: unknown): number => strays.push(error)
  for (const kind of kinds) process.on(kind, note)
  return async () => {
    for (let i = 0; i < 10; i++) await turn()
    for (const kind of kinds) process.off(kind, note)
    return strays
  }
}
