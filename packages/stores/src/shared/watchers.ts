import { Calls } from './calls.ts'

/** Milliseconds for which a connection is kept that nobody needs: who waits for a token watches, stops and watches again. */
const idleTime = 1_000
/** Milliseconds before the next attempt when a connection could not be made, or was lost. */
const retryAfter = 1_000

/** What is told of writes. */
export interface Ears {
  /** A key was written; or any may have been, where none is given: when every later write will be heard, first or again. */
  readonly heard: (key?: string) => void
  /** Nothing more will be heard: the connection is gone. */
  readonly lost: () => void
}

/** Begins to listen, on a connection of its own; returns what ends it. */
export type Listen = (ears: Ears) => () => void

/** Those who wait for a write, behind one connection that is open only while there are any. */
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

  /** Calls `onChange` after each write of a key, and when the connection is made. Returns what stops it. */
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
      this.#lost() // who watches asks again in any case
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
