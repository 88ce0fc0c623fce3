/** Runs the steps of each key one after another; a key without steps is removed. */
export class KeyedTurns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** How many keys have a pending step. */
  get size(): number {
    return this.#last.size
  }

  /** Runs a step after the previous ones have settled. */
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
