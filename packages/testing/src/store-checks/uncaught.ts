import { expect } from 'vitest'

const events = ['uncaughtException', 'unhandledRejection'] as const

/** Lets one error go uncaught without failing the test run: a store may report this way what a watcher throws. */
export async function withUncaught(expected: Error, run: () => Promise<void>): Promise<void> {
  const others: unknown[] = []
  const note = (error: unknown): void => {
    if (error !== expected) others.push(error)
  }
  const listeners = events.map((event) => [event, process.rawListeners(event) as (() => void)[]] as const)
  for (const [event] of listeners) process.removeAllListeners(event).on(event, note)
  try {
    await run()
  } finally {
    for (const [event, before] of listeners) {
      process.off(event, note)
      for (const listener of before) process.on(event, listener)
    }
  }
  expect(others, 'other uncaught errors').toEqual([])
}
