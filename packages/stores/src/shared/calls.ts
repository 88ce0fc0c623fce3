/** The callbacks of watchers by key; a key without watchers is removed. */
export class Calls {
  readonly #calls = new Map<string, Set<() => void>>()

  /** How many keys are watched. */
  get size(): number {
    return this.#calls.size
  }

  /** Adds a callback. Returns a function that removes it and returns whether it was still there. */
  add(key: string, onChange: () => void): () => boolean {
    const call = (): void => onChange() // a new function, because the same one may watch twice
    const calls = this.#calls.get(key) ?? new Set()
    this.#calls.set(key, calls.add(call))
    return () => {
      if (!calls.delete(call)) return false
      if (calls.size === 0) this.#calls.delete(key)
      return true
    }
  }

  /** Calls the watchers of a key, or all of them. */
  tell(key?: string): void {
    const told = key === undefined ? [...this.#calls.values()] : [this.#calls.get(key) ?? new Set<() => void>()]
    for (const calls of told)
      // Separately, so that one that throws does not affect the others; a watcher stopped meanwhile is not called.
      for (const call of calls) queueMicrotask(() => calls.has(call) && call())
  }
}
