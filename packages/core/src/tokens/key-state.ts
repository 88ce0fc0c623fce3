import type { Token } from '../token/token.ts'
import type { TokenRecord } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** What this process knows of one key of one store: shared by all the sources that were made for it. */
export class KeyState {
  /** The version and the record that were read or written last. */
  version = 0
  record: TokenRecord | undefined
  /** A record that the store would not take yet. */
  pending: TokenRecord | undefined
  /** Refreshes that callers wait for, and those that nobody waits for, by purpose. */
  readonly flights: Map<string, Promise<FlightResult>> = new Map()
  readonly background: Map<string, Promise<void>> = new Map()
  /** When a refresh that nobody waits for was begun last, by purpose; milliseconds since the epoch. */
  readonly tried: Map<string, number> = new Map()
  /** The grant whose coming end was announced. */
  announced: string | undefined
}

/** The token that a flight ended with; `final` when another flight would bring no better one. */
export interface FlightResult {
  readonly token: Token
  readonly final: boolean
}

const states = new WeakMap<TokenStore, Map<string, WeakRef<KeyState>>>()

/** The state of a key; it lives as long as a source that uses it. */
export function keyState(store: TokenStore, key: string, owner: string): KeyState {
  const ofStore = states.get(store) ?? new Map<string, WeakRef<KeyState>>()
  states.set(store, ofStore)
  const name = JSON.stringify([owner, key])
  const known = ofStore.get(name)?.deref()
  if (known) return known
  if (ofStore.size >= sweepAt) sweep(ofStore)
  const state = new KeyState()
  ofStore.set(name, new WeakRef(state))
  return state
}

/** How many keys a process may know before those that nobody uses are dropped. */
let sweepAt = 1024

function sweep(ofStore: Map<string, WeakRef<KeyState>>): void {
  for (const [name, reference] of ofStore) if (!reference.deref()) ofStore.delete(name)
  sweepAt = Math.max(1024, ofStore.size * 2)
}
