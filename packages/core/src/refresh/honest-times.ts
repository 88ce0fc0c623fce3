import type { Clock } from '../transport/clock.ts'
import type { KeyState } from './key-state.ts'
import type { RefreshIntent } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** Whether a span of time that was written down is on: it has begun, and is not over. One that begins in the future was dated by a clock that stood wrong. */
export function isOn(from: number, until: number, now: number): boolean {
  return from <= now && now < until
}

/** The reader of a note. */
interface Asking {
  readonly store: TokenStore
  readonly state: KeyState
  readonly holder: string
}

/**
 * Whether someone else may be sending the refresh token at this moment. A note from the future was dated by a clock that
 * has gone back since: it is believed for as long as it says that the request takes, counted from when it was first seen.
 */
export async function isBusy(intent: RefreshIntent, { store, state, holder }: Asking): Promise<boolean> {
  if (intent.holder === holder) return false
  const now = await store.now()
  if (intent.at <= now) return now < intent.deadline
  const note = `${intent.holder} ${intent.attempt}`
  if (state.strange?.note !== note) state.strange = { note, until: now + (intent.deadline - intent.at) }
  return now < state.strange.until
}

/** Clocks that differ by less are taken for the same: asking the store for its time takes a while, too. */
export const sameClock = 1000

/** The same moment by two clocks, in milliseconds since the epoch. */
export interface Moment {
  /** By the store's clock. */
  readonly at: number
  /** By the clock of this process. */
  readonly ownAt: number
  /** Whether they may be compared: a store that takes long to say its time has said nothing about how the clocks differ. */
  readonly comparable: boolean
}

/** Asks the store for its time, which it is taken to have read half of the way there and back. */
export async function momentOf(store: TokenStore, clock: Clock): Promise<Moment> {
  const before = clock.now()
  const at = await store.now()
  const after = clock.now()
  return { at, ownAt: Math.round((before + after) / 2), comparable: Math.abs(after - before) < sameClock }
}

/** A time of this process by the store's clock; undefined where the clocks could not be compared. */
export function byStoreClock(time: number, { at, ownAt, comparable }: Moment): number | undefined {
  return comparable ? at + (time - ownAt) : undefined
}
