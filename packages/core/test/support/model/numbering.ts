/** A value and its number: equal values have the same one, so that worlds are compared by a few numbers. */
export interface Numbered<T> {
  readonly number: number
  readonly value: T
}

/** Gives equal values the same number. */
export class Numbering<T> {
  readonly #known = new Map<string, Numbered<T>>()

  /** The number of a value, which is told from others by its key. */
  of(key: string, value: T): Numbered<T> {
    const known = this.#known.get(key)
    if (known) return known
    const numbered = { number: this.#known.size, value }
    this.#known.set(key, numbered)
    return numbered
  }
}
