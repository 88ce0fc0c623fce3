import { GrantError } from '../../errors/grant-error.ts'
import { kindOf } from '../../errors/quote.ts'
import { isObject } from '../../wire/json.ts'
import type { ProviderDefinition } from '../provider-definition.ts'

/** The fields that have to be of one kind, because the library looks into them, searches them or splits them. */
const read: readonly (readonly [fits: (value: unknown) => boolean, what: string, paths: string])[] = [
  [isObject, 'an object', 'grants.*'],
  [(hint) => isObject(hint) && typeof hint['message'] === 'string', 'an object with a message', 'api.errors.*'],
  [
    Array.isArray,
    'an array',
    'apiOrigins defaultScope authorizationRequest.omitted callback.kept callback.tokenHost.hosts ' +
      'tokenRequest.omitted grants.*.omitted tokenResponse.statuses tokenResponse.absent.* tokenResponse.error.success revocation.omitted ' +
      'revocation.statuses api.errors api.origin.domains api.rateLimit.statuses',
  ],
  [
    (value) => typeof value === 'string',
    'a string',
    'tokenResponse.envelope tokenResponse.members.* tokenResponse.error.code tokenResponse.error.description ' +
      'api.headers.* api.errors.*.path',
  ],
]

/**
 * Checks that the library can read a definition, since it may be JSON that nobody has checked: no null, an array where
 * one is searched, a string where a path is split. What else a field holds is left to the types and to `parseDefinition`.
 * Throws `config_invalid` with the path of the field.
 */
export function checkReadable(definition: ProviderDefinition): void {
  checkFields(definition, '')
  for (const [fits, what, paths] of read)
    for (const path of paths.split(' '))
      for (const [place, value] of valuesAt(definition, path.split('.')))
        if (!fits(value)) throw invalid(place, `write ${what}, not ${kindOf(value)}`)
}

/** The values at a path, with their places; `*` is any name. */
function valuesAt(part: unknown, [name, ...rest]: readonly string[], place = ''): readonly [string, unknown][] {
  if (name === undefined) return [[place.slice(1), part]]
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part)
    .filter(([field]) => name === '*' || name === field)
    .flatMap(([field, value]) => valuesAt(value, rest, `${place}.${field}`))
}

/** Null has no fields, and an object with its own `toString` cannot be printed. The metadata may hold anything. */
function checkFields(value: object, path: string): void {
  for (const [name, field] of Object.entries(value) as [string, unknown][]) {
    const place = path === '' ? name : `${path}.${name}`
    if (name === 'toString') throw invalid(place, 'this is not a valid name')
    if (field === null && !Array.isArray(value)) throw invalid(place, 'write a value, or leave it out')
    if (typeof field === 'object' && field !== null && place !== 'metadata') checkFields(field, place)
  }
}

function invalid(path: string, what: string): GrantError {
  return new GrantError('config_invalid', `${path}: ${what}`)
}
