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
  readonly #calls = new Map<string, Set<() => void>>()
  #end: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(listen: Listen) {
    this.#listen = listen
  }

  /** Calls `onChange` after each write of a key, and when the connection is made. Returns what stops it. */
  watch(key: string, onChange: () => void): () => void {
    const call = (): void => onChange() // one of its own, since a function may watch twice
    this.#calls.set(key, (this.#calls.get(key) ?? new Set()).add(call))
    this.#begin()
    return () => this.#remove(key, call)
  }

  #remove(key: string, call: () => void): void {
    const calls = this.#calls.get(key)
    if (!calls?.delete(call)) return
    if (calls.size === 0) this.#calls.delete(key)
    if (this.#calls.size === 0) this.#later(idleTime, () => this.#hangUp())
  }

  #begin(): void {
    clearTimeout(this.#timer)
    if (this.#end) return
    try {
      const end = this.#listen({
        heard: (key) => (key === undefined ? this.#tellAll() : this.#tell(this.#calls.get(key))),
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

  #tellAll(): void {
    for (const calls of this.#calls.values()) this.#tell(calls)
  }

  /** Each by itself, so that one that throws harms no other; one that was stopped meanwhile is not called. */
  #tell(calls: Set<() => void> = new Set()): void {
    for (const call of calls) queueMicrotask(() => calls.has(call) && call())
  }
}
