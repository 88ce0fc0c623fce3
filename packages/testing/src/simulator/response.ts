import type { ProviderDefinition, TokenResponseDeviations } from '@grantkit/core'
import { type HttpResponse, json } from '../http/response.ts'
import { formatLifetime } from './lifetime.ts'
import { place } from './path.ts'
import type { Refusal } from './refusal.ts'

type Fields = Record<string, unknown>

/** What a token response depends on besides its fields. */
interface Occasion {
  /** How many responses came before. */
  readonly count: number
  readonly now: number
  /** Whether less was granted than requested. */
  readonly narrowed: boolean
}

/**
 * Writes a token response as the provider does. A deviation may happen but does not have to, so every other response shows
 * it, starting with the first.
 */
export function writeResponse(standard: Fields, definition: ProviderDefinition, occasion: Occasion): HttpResponse {
  const { tokenResponse = {} } = definition
  const { count } = occasion
  const fields = { ...standard }
  writeLifetimes(fields, tokenResponse, occasion)
  writeScope(fields, tokenResponse)
  if (tokenResponse.tokenType) writeType(fields, count)
  writeAbsent(fields, tokenResponse, occasion)
  const placed = wrap(moveFields(fields, tokenResponse), tokenResponse)
  const status = tokenResponse.statuses?.[0] ?? 200
  return tokenResponse.formEncoded && count % 2 === 0 && isFlat(placed) ? form(status, placed) : json(status, placed)
}

function writeLifetimes(
  fields: Fields,
  { expiresIn, refreshExpiresIn }: TokenResponseDeviations,
  { count, now }: Occasion,
): void {
  if (expiresIn?.default !== undefined && count % 2 === 0) delete fields['expires_in']
  for (const [name, rules] of [
    ['expires_in', expiresIn],
    ['refresh_token_expires_in', refreshExpiresIn],
  ] as const)
    if (fields[name] !== undefined) fields[name] = formatLifetime(Number(fields[name]), rules?.format, now)
}

function writeScope(fields: Fields, { scopeArray, scopeSeparator = ' ' }: TokenResponseDeviations): void {
  const scope = fields['scope'] as readonly string[] | undefined
  if (scope) fields['scope'] = scopeArray ? scope : scope.join(scopeSeparator)
}

function writeType(fields: Fields, count: number): void {
  if (count % 2 === 0) delete fields['token_type']
  else fields['token_type'] = 'simulated'
}

/** Writes an absent field as the provider does: always where it is missing, and every other time where it is optional. */
function writeAbsent(fields: Fields, { absent = {} }: TokenResponseDeviations, { count, narrowed }: Occasion): void {
  const optional = new Set(narrowed ? ['expires_in'] : ['expires_in', 'scope'])
  for (const [name, values] of Object.entries(absent))
    if (fields[name] === undefined || (optional.has(name) && count % 2 === 1))
      fields[name] = values[Math.floor(count / 2) % values.length]
}

/** Moves every field to its place in the definition. */
function moveFields(fields: Fields, { members: paths = {} }: TokenResponseDeviations): Fields {
  const moved = Object.entries(paths).map(([name, path]) => [name, path, fields[name]] as const)
  for (const [name] of moved) delete fields[name]
  for (const [, path, value] of moved) if (value !== undefined) place(fields, path, value)
  return fields
}

function wrap(fields: Fields, { envelope, error }: TokenResponseDeviations): Fields {
  const whole: Fields = {}
  if (envelope === undefined) Object.assign(whole, fields)
  else place(whole, envelope, fields)
  const [success] = error?.success ?? []
  if (success !== undefined) place(whole, error?.code ?? 'error', success)
  return whole
}

/** Writes an error as the provider does (RFC 6749 §5.2). */
export function writeError(
  { error, message, status }: Refusal,
  { tokenResponse = {} }: ProviderDefinition,
): HttpResponse {
  const { error: rules = {} } = tokenResponse
  const { code = 'error', description = 'error_description', codes = {} } = rules
  const own = Object.entries(codes).find(([, meaning]) => meaning === error)?.[0] ?? error
  const fields: Fields = {}
  place(fields, description, message)
  place(fields, code, /^\d+$/.test(own) ? Number(own) : own)
  return json(rules.status ?? status, fields)
}

/** Writes the response to a revocation. */
export function writeRevoked({ revocation, tokenResponse }: ProviderDefinition): HttpResponse {
  const status = revocation?.statuses?.[0] ?? 200
  return status === 204 ? { status, body: '' } : json(status, wrap({}, { error: tokenResponse?.error ?? {} }))
}

function isFlat(fields: Fields): boolean {
  return Object.values(fields).every((value) => typeof value !== 'object')
}

function form(status: number, fields: Fields): HttpResponse {
  const pairs = Object.entries(fields).map(([name, value]) => [name, String(value)])
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { status, headers, body: new URLSearchParams(pairs).toString() }
}
