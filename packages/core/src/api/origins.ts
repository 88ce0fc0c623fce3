/** A suffix that a definition declares, such as `https://*.googleapis.com`: at least two labels below the wildcard. */
const suffix = /^(https?:\/\/)\*(\.[^.*]+(?:\.[^.*]+)+)$/

/** The origins that a token may be sent to: compared whole, scheme, host and port, or by a declared suffix of the host. */
export class Origins {
  readonly #entries: readonly string[]

  constructor(entries: readonly string[]) {
    this.#entries = entries
  }

  /** Whether the list is empty. */
  get isEmpty(): boolean {
    return this.#entries.length === 0
  }

  /** Whether the token may be sent to an origin, as `URL` writes it. */
  has(origin: string): boolean {
    return this.#entries.some((entry) => entry === origin || isBelow(origin, entry))
  }

  /** The same, and more of them. */
  with(more: readonly string[]): Origins {
    return more.length === 0 ? this : new Origins([...this.#entries, ...more])
  }

  /** For a message. */
  toString(): string {
    return this.isEmpty ? 'no known origin' : this.#entries.join(', ')
  }
}

function isBelow(origin: string, entry: string): boolean {
  const [, scheme, domain] = suffix.exec(entry) ?? []
  return scheme !== undefined && domain !== undefined && origin.startsWith(scheme) && origin.endsWith(domain)
}
