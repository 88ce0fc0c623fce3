import { Calls } from './calls.ts'

/** Milliseconds before an unused connection is closed: waiting for a token watches, stops and watches again. */
const idleTime = 1_000
/** Milliseconds before the next attempt after a connection failed or was lost. */
const retryAfter = 1_000

/** Callbacks of a connection that listens for writes. */
export interface Ears {
  /** A key was written. Without a key, any key may have been: the connection is ready, for the first time or again. */
  readonly heard: (key?: string) => void
  /** The connection was lost. */
  readonly lost: () => void
}

/** Starts to listen on a separate connection. Returns a function that stops it. */
export type Listen = (ears: Ears) => () => void

/** Watchers that share one connection, which is open only while there are any. */
export class Watchers {
  readonly #listen: Listen
  readonly #calls = new Calls()
  #end: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(listen: Listen) {
    this.#listen = listen
  }

  /** How many keys are watched. */
  get size(): number {
    return this.#calls.size
  }

  /** Calls `onChange` after each write of a key, and when the connection is ready. Returns a function that stops it. */
  watch(key: string, onChange: () => void): () => void {
    const remove = this.#calls.add(key, onChange)
    this.#begin()
    return () => {
      if (remove() && this.#calls.size === 0) this.#later(idleTime, () => this.#hangUp())
    }
  }

  #begin(): void {
    clearTimeout(this.#timer)
    if (this.#end) return
    try {
      const end = this.#listen({
        heard: (key) => this.#calls.tell(key),
        lost: () => this.#end === end && this.#lost(),
      })
      this.#end = end
    } catch {
      this.#lost() // callers poll in any case
    }
  }

  #lost(): void {
    this.#hangUp()
    if (this.#calls.size > 0) this.#later(retryAfter, () => this.#begin())
  }

  #hangUp(): void {
    const end = this.#end
    this.#end = undefined
    end?.()
  }

  #later(delay: number, step: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(step, delay)
  }
}
