/** How many urgent steps in a row may go before another one. */
const mostInARow = 8

type Waiting = () => void

/**
 * Runs a limited number of steps at a time. Urgent steps go first, otherwise in order; after eight urgent steps another one
 * gets its turn, so that none waits forever.
 */
export class Turns {
  readonly #urgent: Waiting[] = []
  readonly #others: Waiting[] = []
  #free: number
  #inARow = 0

  /** @param width - How many steps run at a time. */
  constructor(width: number) {
    this.#free = width
  }

  /** How many steps are waiting. */
  get waiting(): number {
    return this.#urgent.length + this.#others.length
  }

  /** Runs a step when it is its turn, and resolves or rejects with it. */
  async run<Result>(
    step: () => Promise<Result>,
    { urgent = false }: { readonly urgent?: boolean } = {},
  ): Promise<Result> {
    await this.#turn(urgent)
    try {
      return await step()
    } finally {
      this.#passOn()
    }
  }

  async #turn(urgent: boolean): Promise<void> {
    if (this.#free === 0) return new Promise((resolve) => void (urgent ? this.#urgent : this.#others).push(resolve))
    this.#free -= 1
    return undefined
  }

  #passOn(): void {
    const next = this.#next()
    if (next) next()
    else this.#free += 1
  }

  #next(): Waiting | undefined {
    const yields = this.#inARow >= mostInARow && this.#others.length > 0
    if (this.#urgent.length === 0 || yields) {
      this.#inARow = 0
      return this.#others.shift()
    }
    this.#inARow += 1
    return this.#urgent.shift()
  }
}
