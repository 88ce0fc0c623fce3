import { GrantError } from './grant-error.ts'
import { kindOf } from './quote.ts'

/** An object that a user writes: what it is called in errors, and the fields that it may have. */
export interface Written {
  /** Such as `the client`. */
  readonly what: string
  readonly fields: readonly string[]
  /** What to write instead of names that stand for something else, by name. */
  readonly instead?: Readonly<Record<string, string>>
}

/** Refuses a field that does not exist, so that a typo does not turn a check off. Throws `config_invalid` with what to write. */
export function refuseUnknownFields(value: object, { what, fields, instead = {} }: Written): void {
  for (const name of Object.keys(value)) {
    if (fields.includes(name)) continue
    const hint = Object.hasOwn(instead, name) ? instead[name] : nearest(name, fields)
    throw new GrantError('config_invalid', `${JSON.stringify(name)} is not a field of ${what}: ${hint}`)
  }
}

/** Refuses options that do not exist. Throws `config_invalid`. */
export function refuseUnknownOptions(options: object, written: Written): void {
  if (typeof options !== 'object' || options === null)
    throw new GrantError('config_invalid', `${written.what} have to be an object, not ${kindOf(options)}`)
  refuseUnknownFields(options, written)
}

/** What to write instead of a name that does not exist: the one that looks most like it, or all there are. */
export function nearest(written: string, names: readonly string[]): string {
  const name = similar(written, names)
  if (name !== undefined) return `write ${JSON.stringify(name)}`
  return names.length === 0 ? 'leave it out' : `there are ${names.join(', ')}`
}

/** No field has a name this long, and comparing takes time that grows with the length. */
const longestName = 100

/** The name that a typo may have been meant for, if any. */
export function similar(written: string, names: readonly string[]): string | undefined {
  if (written.length > longestName) return undefined
  const [distance, name] = names
    .map((other) => [edits(plain(written), plain(other)), other] as const)
    .reduce((best, next) => (next[0] < best[0] ? next : best), [Infinity, ''])
  return distance <= Math.max(2, written.length / 3) ? name : undefined
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '')
}

/** How many characters have to be added, removed or replaced to turn one string into the other (Levenshtein's distance). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (character === to[j] ? 0 : 1)))
    row = next
  }
  return row[to.length]!
}
