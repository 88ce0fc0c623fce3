/** Runs steps one after the other that are about the same key; nothing is kept of a key that nobody waits for. */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** How many keys have a step under way. */
  get size(): number {
    return this.#last.size
  }

  /** Runs a step once those before it have ended, however they did. */
  async run<Result>(key: string, step: () => Promise<Result>): Promise<Result> {
    const turn = Promise.resolve(this.#last.get(key)).then(step)
    const settled = turn.catch(() => {})
    this.#last.set(key, settled)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
