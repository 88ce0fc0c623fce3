import type { ProviderDefinition, TokenResponseDeviations } from '@grantkit/core'
import { type Answer, json } from '../http/answer.ts'
import { formatLife } from './lifetime.ts'
import { place } from './path.ts'
import type { Refusal } from './refusal.ts'

type Members = Record<string, unknown>

/** What a token response depends on, besides its fields. */
interface Occasion {
  /** How many responses there were before. */
  readonly count: number
  readonly now: number
  /** Whether less was granted than was asked for. */
  readonly narrowed: boolean
}

/**
 * Writes a token response as the provider does. What a definition declares may happen, not has to: so every other response
 * has a deviation of that kind, the first one included.
 */
export function writeAnswer(standard: Members, definition: ProviderDefinition, occasion: Occasion): Answer {
  const { tokenResponse = {} } = definition
  const { count, now } = occasion
  const members = { ...standard }
  writeLives(members, tokenResponse, count, now)
  writeScope(members, tokenResponse)
  if (tokenResponse.tokenType) writeType(members, count)
  writeAbsent(members, tokenResponse, occasion)
  const placed = wrap(moveMembers(members, tokenResponse), tokenResponse)
  const status = tokenResponse.statuses?.[0] ?? 200
  return tokenResponse.formEncoded && count % 2 === 0 && isFlat(placed) ? form(status, placed) : json(status, placed)
}

function writeLives(
  members: Members,
  { expiresIn, refreshExpiresIn }: TokenResponseDeviations,
  count: number,
  now: number,
): void {
  if (expiresIn?.default !== undefined && count % 2 === 0) delete members['expires_in']
  for (const [name, rules] of [
    ['expires_in', expiresIn],
    ['refresh_token_expires_in', refreshExpiresIn],
  ] as const)
    if (members[name] !== undefined) members[name] = formatLife(Number(members[name]), rules?.format, now)
}

function writeScope(members: Members, { scopeArray, scopeSeparator = ' ' }: TokenResponseDeviations): void {
  const scope = members['scope'] as readonly string[] | undefined
  if (scope) members['scope'] = scopeArray ? scope : scope.join(scopeSeparator)
}

function writeType(members: Members, count: number): void {
  if (count % 2 === 0) delete members['token_type']
  else members['token_type'] = 'simulated'
}

/** A field that a response may do without is named, and has no value: every other time, and always where there is none. */
function writeAbsent(members: Members, { absent = {} }: TokenResponseDeviations, { count, narrowed }: Occasion): void {
  const optional = new Set(narrowed ? ['expires_in'] : ['expires_in', 'scope'])
  for (const [name, values] of Object.entries(absent))
    if (members[name] === undefined || (optional.has(name) && count % 2 === 1))
      members[name] = values[Math.floor(count / 2) % values.length]
}

/** Puts every field where the definition says that it is. */
function moveMembers(members: Members, { members: paths = {} }: TokenResponseDeviations): Members {
  const moved = Object.entries(paths).map(([name, path]) => [name, path, members[name]] as const)
  for (const [name] of moved) delete members[name]
  for (const [, path, value] of moved) if (value !== undefined) place(members, path, value)
  return members
}

function wrap(members: Members, { envelope, error }: TokenResponseDeviations): Members {
  const whole: Members = {}
  if (envelope === undefined) Object.assign(whole, members)
  else place(whole, envelope, members)
  const [success] = error?.success ?? []
  if (success !== undefined) place(whole, error?.code ?? 'error', success)
  return whole
}

/** Writes an error as the provider does (RFC 6749 §5.2). */
export function writeError({ error, message, status }: Refusal, { tokenResponse = {} }: ProviderDefinition): Answer {
  const { error: rules = {} } = tokenResponse
  const { code = 'error', description = 'error_description', codes = {} } = rules
  const own = Object.entries(codes).find(([, meaning]) => meaning === error)?.[0] ?? error
  const members: Members = {}
  place(members, description, message)
  place(members, code, /^\d+$/.test(own) ? Number(own) : own)
  return json(rules.status ?? status, members)
}

/** What a revocation is answered with. */
export function writeRevoked({ revocation, tokenResponse }: ProviderDefinition): Answer {
  const status = revocation?.statuses?.[0] ?? 200
  return status === 204 ? { status, body: '' } : json(status, wrap({}, { error: tokenResponse?.error ?? {} }))
}

function isFlat(members: Members): boolean {
  return Object.values(members).every((value) => typeof value !== 'object')
}

function form(status: number, members: Members): Answer {
  const pairs = Object.entries(members).map(([name, value]) => [name, String(value)])
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { status, headers, body: new URLSearchParams(pairs).toString() }
}
