/** One challenge of a `WWW-Authenticate` header: its scheme in lower case, and its parameters. */
export interface Challenge {
  readonly scheme: string
  readonly parameters: Readonly<Record<string, string>>
}

const longestHeader = 16_384
const token = String.raw`[!#$%&'*+\-.^_\`|~0-9A-Za-z]+`
const parameter = new RegExp(
  String.raw`(${token})[ \t]*=[ \t]*(?:(${token})(?=[ \t]*(?:,|$))|"((?:[^"\\]|\\.)*)")[ \t]*`,
  'y',
)
const schemeName = new RegExp(String.raw`(${token})(?:[ \t]+|(?=,)|$)`, 'y')
const credentials = /[A-Za-z0-9\-._~+/]+=*[ \t]*(?=,|$)/y
const separators = /[ \t,]*/y

/**
 * Reads a `WWW-Authenticate` header: several challenges, quoted strings, tokens, in one pass (RFC 9110 §11.6.1). A header
 * that breaks the grammar is read up to there; it never throws.
 */
export function parseChallenges(header: string | null): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  const scanner = new Scanner((header ?? '').slice(0, longestHeader))
  for (;;) {
    scanner.next(separators)
    const found = challenges.length > 0 ? scanner.next(parameter) : null
    if (found) {
      const [, name = '', plain, quoted = ''] = found
      const { parameters } = challenges.at(-1) as { parameters: Record<string, string> }
      const key = name.toLowerCase()
      if (!Object.hasOwn(parameters, key)) parameters[key] = plain ?? quoted.replaceAll(/\\(.)/g, '$1')
      continue
    }
    const scheme = scanner.next(schemeName)?.[1]
    if (scheme === undefined) return challenges
    challenges.push({ scheme: scheme.toLowerCase(), parameters: Object.create(null) as Record<string, string> })
    scanner.next(credentials)
  }
}

/** Walks along a string with sticky expressions, so that no part of it is read twice. */
class Scanner {
  readonly #text: string
  #position = 0

  constructor(text: string) {
    this.#text = text
  }

  next(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#position
    const match = expression.exec(this.#text)
    if (match) this.#position = expression.lastIndex
    return match
  }
}
