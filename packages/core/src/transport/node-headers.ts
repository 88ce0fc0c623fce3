/** Headers by their names in lower case, as later releases of Node hand them over. */
export type NamedHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

/** The headers of an answer as they came: looked through when one is asked for, since most answers are asked for one or none. */
export class RawHeaders {
  readonly #received: NamedHeaders | readonly Uint8Array[]

  /** Takes names with their values, or the octets of each name and value in turn. */
  constructor(received: NamedHeaders | readonly Uint8Array[]) {
    this.#received = received
  }

  /** The value of a header, by its name in lower case; the values of one that is there more than once, joined. */
  get(name: string): string | null {
    const received = this.#received
    if (!isOctets(received)) return joined(received[name])
    let found: string | null = null
    for (let i = 0; i + 1 < received.length; i += 2) {
      if (received[i]?.length !== name.length || textOf(received[i]).toLowerCase() !== name) continue
      found = found === null ? textOf(received[i + 1]) : `${found}, ${textOf(received[i + 1])}`
    }
    return found
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    const received = this.#received
    if (isOctets(received))
      for (let i = 0; i + 1 < received.length; i += 2) yield [textOf(received[i]), textOf(received[i + 1])]
    else
      for (const name of Object.keys(received)) for (const value of [received[name] ?? []].flat()) yield [name, value]
  }
}

function isOctets(received: NamedHeaders | readonly Uint8Array[]): received is readonly Uint8Array[] {
  return Array.isArray(received)
}

function joined(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' ? value : (value?.join(', ') ?? null)
}

/** Header fields are octets, one a character (RFC 9110 §5.5). */
function textOf(octets: Uint8Array | undefined): string {
  return (octets instanceof Buffer ? octets : Buffer.from(octets ?? [])).toString('latin1')
}
