import type { Emit } from '../protocol/events.ts'
import type { Clock } from '../transport/clock.ts'
import type { Purpose } from './coordination.ts'
import { isOn } from './honest-times.ts'
import type { KeyState } from './key-state.ts'

/** The settings of an early refresh. */
export interface Early {
  readonly state: KeyState
  readonly clock: Clock
  readonly emit: Emit
  /** Whether tokens are refreshed early, while they are still served. */
  readonly background: boolean
  /** Takes a refresh that outlives its caller, on runtimes that stop with the response. */
  readonly waitUntil: ((work: Promise<unknown>) => void) | undefined
  /** Milliseconds from the user's authorization until the grant expires. */
  readonly absoluteLifetime: number | undefined
}

/** Milliseconds between two attempts to refresh early. */
const pause = 1000
/** Milliseconds before a grant expires at which this is announced. */
const announcement = 14 * 24 * 3_600_000

/** Refreshes a token that is still served, unless that is under way or was tried a moment ago. */
export function refreshEarly({ name }: Purpose, early: Early, refresh: () => Promise<void>): void {
  const { state, clock, background, waitUntil } = early
  const now = clock.now()
  if (!background || state.background.has(name) || state.flights.has(name) || isPaused(name, state, now)) return
  state.tried.set(name, now)
  const work = refresh()
    .catch(() => undefined) // the token is still good; whoever needs a new one will learn why there is none
    .finally(() => state.background.delete(name))
  state.background.set(name, work)
  waitUntil?.(work)
}

function isPaused(name: string, { tried, record, ahead = 0 }: KeyState, now: number): boolean {
  const last = tried.get(name) ?? Number.NEGATIVE_INFINITY
  const { at = 0, until = 0 } = record?.failure ?? {}
  return isOn(last, last + pause, now) || isOn(at, until, now - ahead)
}

/** Says once that the user will have to log in again soon, where the provider ends every grant after a while. */
export function announceEnd({ state, clock, emit, absoluteLifetime }: Early): void {
  const { record } = state
  const { authorizedAt } = record?.tokens['']?.token ?? {}
  if (absoluteLifetime === undefined || authorizedAt === undefined || state.announced === record?.grant) return
  const endsAt = authorizedAt + absoluteLifetime
  if (clock.now() < endsAt - announcement) return
  state.announced = record?.grant
  emit({ type: 'reauthorization_soon', endsAt })
}
