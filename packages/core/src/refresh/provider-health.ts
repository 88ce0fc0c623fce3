import { GrantError } from '../errors/grant-error.ts'
import type { Clock } from '../transport/clock.ts'
import { isOn } from './honest-times.ts'

/** Milliseconds for which a client that the provider refused is not tried again. */
const breakFor = 30_000
/** Milliseconds of refreshes that are looked back on. */
const window = 60_000
/** Refusals in the window that look like an incident, when they are more than half of all. */
const suspicious = 5

/**
 * How refreshing goes at one `Provider`, with one set of credentials: a refused client is not tried with each grant, and
 * many refused grants at once are an incident of the provider and not the end of every login. It remembers when and how
 * often, and nothing of any user's.
 */
export class ProviderHealth {
  readonly #provider: string
  readonly #clock: Pick<Clock, 'now'>
  #refusedAt: number | undefined
  /** Those of the window, in order of time, and how many of them are refusals. */
  readonly #results: { readonly at: number; readonly refused: boolean }[] = []
  #refusals = 0

  constructor(provider: string, clock: Pick<Clock, 'now'>) {
    this.#provider = provider
    this.#clock = clock
  }

  /** The error for a client that was refused a moment ago: another one for each caller. */
  refusal(): GrantError | undefined {
    const at = this.#refusedAt
    if (at === undefined || !isOn(at, at + breakFor, this.#clock.now())) return undefined
    const message = `${this.#provider} refused the client a moment ago (invalid_client), so it is not asked again for ${breakFor / 1000} s: check clientId and clientSecret`
    return new GrantError('token_error', message, {
      action: 'fix_configuration',
      provider: this.#provider,
      oauth: { error: 'invalid_client' },
    })
  }

  /** Takes note of a refresh that succeeded, or of what it failed with. */
  note(error: GrantError | undefined): void {
    const now = this.#clock.now()
    if (error?.oauth?.error === 'invalid_client') this.#refusedAt = now
    if (error === undefined) this.#refusedAt = undefined
    if (error === undefined || error.code === 'reauthorization_required') this.#count(now, error !== undefined)
  }

  /** Whether a refused grant is to be believed dead. */
  believes(): boolean {
    this.#forget(this.#clock.now())
    return this.#refusals < suspicious || this.#refusals * 2 <= this.#results.length
  }

  #count(at: number, refused: boolean): void {
    this.#forget(at)
    this.#results.push({ at, refused })
    if (refused) this.#refusals++
  }

  /** Drops what is no longer looked back on, and what a clock that stood wrong has dated ahead. */
  #forget(now: number): void {
    while (this.#results[0] && !isOn(this.#results[0].at, this.#results[0].at + window, now))
      if (this.#results.shift()?.refused) this.#refusals--
  }
}
