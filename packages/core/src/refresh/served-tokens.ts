import type { Clock } from '../transport/clock.ts'
import { type Freshness, freshnessOf, type FreshnessRules } from './freshness.ts'
import type { KeyState, ServedToken } from './key-state.ts'
import { byOwnClock, type StoredToken, restoredToken } from './stored-token.ts'
import type { TokenRecord } from './token-record.ts'

/** What tells how good a token is. */
export interface Serving {
  readonly state: KeyState
  readonly clock: Clock
  readonly rules: FreshnessRules
}

/** The tokens of one key as they are served: by the clock of this machine, and each made once. */
export class ServedTokens {
  readonly #with: Serving

  constructor(serving: Serving) {
    this.#with = serving
  }

  /** The token for a purpose, fresh or not. */
  of(purpose: string): ServedToken | undefined {
    const raw = this.#with.state.record?.tokens[purpose]
    return raw && this.#made(purpose, raw)
  }

  /** The token of a record that was just read. */
  in(record: TokenRecord | undefined, purpose: string): ServedToken | undefined {
    const raw = record?.tokens[purpose]
    return raw && this.#made(purpose, raw)
  }

  /** How good the token of a record is, for a caller who needs `minValid` more seconds of it; that of a dead grant is no good at all. */
  freshness(record: TokenRecord | undefined, purpose: string, minValid: number): Freshness {
    const { clock, rules } = this.#with
    const served = record?.state === 'live' ? this.in(record, purpose) : undefined
    return served ? freshnessOf(served.stored, clock.now(), { ...rules, minValid: minValid * 1000 }) : 'expired'
  }

  #made(purpose: string, raw: StoredToken): ServedToken {
    const { served, ahead, record } = this.#with.state
    const known = served.get(purpose)
    if (known?.raw === raw && known.ahead === ahead) return known
    const stored = byOwnClock(raw, ahead)
    const made = { raw, ahead, stored, token: restoredToken(stored) }
    for (const other of served.keys()) if (!record?.tokens[other]) served.delete(other)
    served.set(purpose, made)
    return made
  }
}
