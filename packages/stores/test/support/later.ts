import { vi } from 'vitest'

/** Moves the clock of this process on by so many minutes, until `vi.useRealTimers()`. */
export function later(minutes: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })
}
