/** Who is to be called after a write, by key; nothing is kept of a key that nobody watches. */
export class Calls {
  readonly #calls = new Map<string, Set<() => void>>()

  /** How many keys are watched. */
  get size(): number {
    return this.#calls.size
  }

  /** Adds one. Returns what removes it, and says whether it was still there. */
  add(key: string, onChange: () => void): () => boolean {
    const call = (): void => onChange() // one of its own, since a function may watch twice
    const calls = this.#calls.get(key) ?? new Set()
    this.#calls.set(key, calls.add(call))
    return () => {
      if (!calls.delete(call)) return false
      if (calls.size === 0) this.#calls.delete(key)
      return true
    }
  }

  /** Calls those who watch a key, or all of them. */
  tell(key?: string): void {
    const told = key === undefined ? [...this.#calls.values()] : [this.#calls.get(key) ?? new Set<() => void>()]
    for (const calls of told)
      // Each by itself, so that one that throws harms no other; one that was stopped meanwhile is not called.
      for (const call of calls) queueMicrotask(() => calls.has(call) && call())
  }
}
