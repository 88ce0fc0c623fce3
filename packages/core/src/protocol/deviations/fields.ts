import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import { isObject } from '../../wire/json.ts'
import { at, remove } from './path.ts'
import type { Used } from './used.ts'

/** The fields of a response, which may be changed: nobody else holds them. */
export type Fields = Record<string, unknown>

/** Opens the envelope, and puts each field in its place (RFC 6749 §5.1). */
export function placeFields(response: Fields, { envelope, members = {} }: TokenResponseDeviations, used: Used): Fields {
  const inner = envelope === undefined ? undefined : at(response, envelope)
  const result = isObject(inner) ? inner : response
  if (isObject(inner)) used('tokenResponse.envelope')
  const found = Object.entries(members)
    .map(([name, path]) => ({ name, path, value: at(result, path) }))
    .filter(({ value }) => value !== undefined)
  for (const { path } of found) if (!standard.has(path)) remove(result, path) // a token is in one place only
  for (const { name, value } of found) {
    used(`tokenResponse.members.${name}`)
    result[name] = value
  }
  return result
}

/** A field that another one is read from stays: Instagram's access token is its own refresh token. */
const standard: ReadonlySet<string> = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'refresh_token_expires_in',
  'scope',
  'id_token',
])

/** Removes the fields whose value means that they are absent. */
export function dropAbsent(fields: Fields, { absent = {} }: TokenResponseDeviations, used: Used): void {
  for (const [name, values] of Object.entries(absent)) {
    if (!(name in fields) || !values.includes(fields[name] as string)) continue
    used(`tokenResponse.absent.${name}`)
    delete fields[name]
  }
}

/** Writes the scope as one string, with spaces. */
export function joinScope(fields: Fields, { scopeArray, scopeSeparator }: TokenResponseDeviations, used: Used): void {
  const { scope } = fields
  if (scopeArray && Array.isArray(scope) && scope.every((item) => typeof item === 'string')) {
    used('tokenResponse.scopeArray')
    fields['scope'] = scope.join(' ')
  } else if (scopeSeparator !== undefined && typeof scope === 'string' && scope.includes(scopeSeparator)) {
    used('tokenResponse.scopeSeparator')
    fields['scope'] = scope.replaceAll(scopeSeparator, ' ')
  }
}
