import type { GrantError } from '../errors/grant-error.ts'
import type { Clock } from '../transport/clock.ts'

/** Milliseconds for which a client that the provider refused is not tried again. */
const breakFor = 30_000
/** Milliseconds of refreshes that are looked back on. */
const window = 60_000
/** Refusals in the window that look like an incident, when they are more than half of all. */
const suspicious = 5

/**
 * How refreshing goes at one provider, for all grants of one client: a refused client is not tried with each grant, and
 * many refused grants at once are an incident of the provider and not the end of every login.
 */
export class ProviderHealth {
  readonly #clock: Pick<Clock, 'now'>
  #broken: { readonly error: GrantError; readonly until: number } | undefined
  /** Those of the window, in order of time, and how many of them are refusals. */
  readonly #results: { readonly at: number; readonly refused: boolean }[] = []
  #refusals = 0

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock
  }

  /** Throws the error of a client that was refused a moment ago. */
  check(): void {
    if (this.#broken && this.#clock.now() < this.#broken.until) throw this.#broken.error
  }

  /** Takes note of a refresh that succeeded, or of what it failed with. */
  note(error: GrantError | undefined): void {
    const now = this.#clock.now()
    const { action, code, oauth } = error ?? {}
    if (action === 'fix_configuration' && oauth && oauth.error !== 'invalid_scope')
      this.#broken = { error: error as GrantError, until: now + breakFor }
    if (error === undefined) this.#broken = undefined
    if (error === undefined || code === 'reauthorization_required') this.#count(now, error !== undefined)
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

  /** Drops what is no longer looked back on. */
  #forget(now: number): void {
    while (this.#results[0] && this.#results[0].at <= now - window) if (this.#results.shift()?.refused) this.#refusals--
  }
}
