import type { Token } from '../token/token.ts'
import type { StoredToken } from './stored-token.ts'
import type { TokenRecord } from './token-record.ts'
import type { TokenStore } from './token-store.ts'

/** What this process knows of one key of one store: shared by all the sources that were made for it. */
export class KeyState {
  /** The version and the record that were read or written last. */
  version = 0
  record: TokenRecord | undefined
  /** Milliseconds by which the clock of this process is ahead of the store's; undefined until it was compared. */
  ahead: number | undefined
  /** The tokens of the record as they are served, by purpose: made once, and no more than the record has. */
  readonly served: Map<string, ServedToken> = new Map()
  /** A record that the store would not take yet. */
  pending: TokenRecord | undefined
  /** A note whose times cannot be true, and until when, by the store's clock, it is believed. */
  strange: { readonly note: string; readonly until: number } | undefined
  /** Refreshes that callers wait for, and those that nobody waits for, by purpose. */
  readonly flights: Map<string, Promise<FlightResult>> = new Map()
  readonly background: Map<string, Promise<void>> = new Map()
  /** When a refresh that nobody waits for was begun last, by purpose; milliseconds since the epoch. */
  readonly tried: Map<string, number> = new Map()
  /** The grant whose coming end was announced. */
  announced: string | undefined
}

/** A stored token by the clock of this process. */
export interface ServedToken {
  /** What it was made of. */
  readonly raw: StoredToken
  readonly ahead: number | undefined
  readonly stored: StoredToken
  readonly token: Token
}

/** The token that a flight ended with; `final` when another flight would bring no better one. */
export interface FlightResult {
  readonly token: Token
  readonly final: boolean
}

/** The states of the keys of one store. A state lives as long as a source that uses it. */
class KeyStates {
  readonly #states = new Map<string, WeakRef<KeyState>>()
  readonly #gone = new FinalizationRegistry<string>((name) => {
    if (!this.#states.get(name)?.deref()) this.#states.delete(name) // unless there is another one by now
  })

  stateOf(name: string): KeyState {
    const known = this.#states.get(name)?.deref()
    if (known) return known
    const state = new KeyState()
    this.#states.set(name, new WeakRef(state))
    this.#gone.register(state, name)
    return state
  }
}

/** By the user's own store object, so that what `clear` or `save` does on one source, the others of this process serve from then on. Bounded by the sources in use. */
const registry = new WeakMap<TokenStore, KeyStates>()

/** The state of a key, for one provider and client. */
export function keyState(store: TokenStore, key: string, owner: string): KeyState {
  const states = registry.get(store) ?? new KeyStates()
  registry.set(store, states)
  return states.stateOf(JSON.stringify([owner, key]))
}
