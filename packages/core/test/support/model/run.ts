import { setImmediate } from 'node:timers/promises'
import { GrantError } from '@grantkit/core'
import type { End, Operation, Outcome, Pending } from './operation.ts'

/** What a program works with: all that waits goes through here. */
export interface Port {
  /** Asks for an operation, and gives it up once the signal aborts. */
  call(operation: Operation, signal?: AbortSignal): Promise<Outcome>
  /** Watches what is stored, until it is stopped. */
  watch(onChange: () => void): () => void
  /** Ends a token at the server, without waiting for it. */
  discard(refreshToken: string): void
}

/** What one process does, from its start to the access token that it ends with. */
export type Program = (port: Port) => Promise<string>

/** One execution of a program, which stands still wherever the program waits. */
export class Run implements Port {
  readonly #waiting = new Map<number, Pending & { readonly settle: (outcome: Outcome) => void }>()
  readonly #watchers = new Set<() => void>()
  #asked = 0
  end: End | undefined
  discarded: string | undefined

  /** Starts a program, and waits until it waits. */
  static async start(program: Program): Promise<Run> {
    const run = new Run()
    program(run).then(
      (token) => (run.end = { token }),
      (error: unknown) => (run.end = { error: error instanceof GrantError ? error.code : String(error) }),
    )
    await setImmediate()
    return run
  }

  get pending(): readonly Pending[] {
    return [...this.#waiting.values()].map(({ id, operation }) => ({ id, operation }))
  }

  get watching(): boolean {
    return this.#watchers.size > 0
  }

  /** Settles an operation, and waits until the program waits again. */
  async settle(id: number, outcome: Outcome): Promise<void> {
    if ('slept' in outcome && outcome.slept === 'until it was woken') for (const wake of this.#watchers) wake()
    else this.#waiting.get(id)?.settle(outcome)
    await setImmediate() // by then, all has happened that does not wait
  }

  call(operation: Operation, signal?: AbortSignal): Promise<Outcome> {
    const id = (this.#asked += 1)
    return new Promise((resolve, reject) => {
      const settle = (outcome: Outcome): void => {
        this.#waiting.delete(id)
        resolve(outcome)
      }
      this.#waiting.set(id, { id, operation, settle })
      signal?.addEventListener('abort', () => {
        if (this.#waiting.delete(id)) reject(signal.reason as Error)
      })
    })
  }

  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange)
    return () => void this.#watchers.delete(onChange)
  }

  discard(refreshToken: string): void {
    this.discarded = refreshToken
  }
}
