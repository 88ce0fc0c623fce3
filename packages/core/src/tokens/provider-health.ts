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
  #results: { readonly at: number; readonly refused: boolean }[] = []

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
    if (error === undefined || code === 'reauthorization_required')
      this.#results = [
        ...this.#results.filter(({ at }) => at > now - window),
        { at: now, refused: error !== undefined },
      ]
  }

  /** Whether a refused grant is to be believed dead. */
  believes(): boolean {
    const recent = this.#results.filter(({ at }) => at > this.#clock.now() - window)
    const refused = recent.filter((result) => result.refused).length
    return refused < suspicious || refused * 2 <= recent.length
  }
}
