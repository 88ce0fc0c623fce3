import { vi } from 'vitest'

/** Advances the clock of this process by some minutes, until `vi.useRealTimers()`. */
export function later(minutes: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })
}
