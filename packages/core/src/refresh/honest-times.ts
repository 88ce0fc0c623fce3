import type { KeyState } from './key-state.ts'
import type { RefreshIntent } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** Whether a span of time that was written down is on: it has begun, and is not over. One that begins in the future was dated by a clock that stood wrong. */
export function isOn(from: number, until: number, now: number): boolean {
  return from <= now && now < until
}

/** Who asks about a note. */
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
