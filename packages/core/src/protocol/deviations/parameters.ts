import type { RequestValues } from '../../wire/form.ts'
import type { Used } from './used.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

/** What happens to the parameters of a request. */
interface ParameterDeviations {
  readonly renamed?: Readonly<Record<string, string>>
  readonly omitted?: readonly string[]
}

/** Leaves out and renames parameters; their order stays. `place` gives the field of the definition. */
export function deviate(
  pairs: Pairs,
  { renamed = {}, omitted = [] }: ParameterDeviations,
  { place, used }: { readonly place: (field: string) => string; readonly used: Used },
): Pairs {
  const present = new Set(pairs.map(([name]) => name))
  for (const name of omitted) if (present.has(name)) used(place('omitted'))
  for (const name of Object.keys(renamed)) if (present.has(name)) used(`${place('renamed')}.${name}`)
  return pairs
    .filter(([name]) => !omitted.includes(name))
    .map(([name, value]) => [Object.hasOwn(renamed, name) ? renamed[name]! : name, value])
}

/** Writes the scopes of a request as the provider separates them. */
export function separateScopes(pairs: Pairs, separator: string | undefined, used: Used): Pairs {
  if (separator === undefined) return pairs
  return pairs.map(([name, value]) => {
    if (name !== 'scope' || !value.includes(' ')) return [name, value]
    used('scopeSeparator')
    return [name, value.replaceAll(' ', separator)]
  })
}

/** Parameters as pairs, without those that are undefined or empty. */
export function pairsOf(values: RequestValues): Pairs {
  return Object.entries(values).flatMap(([name, value]) =>
    [value].flat().flatMap((item) => (item === undefined || item === '' ? [] : [[name, item] as const])),
  )
}
