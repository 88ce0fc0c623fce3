import { GrantError } from '../../errors/grant-error.ts'
import type { ApiRules } from '../api-rules.ts'

/** Headers that say what is sent and who sends it, which no definition may change. */
const reserved = /^(?:content-.*|cookie|host|dpop|transfer-encoding|connection)$/i
const printableAscii = /^[\u0020-\u007E]+$/

/** Checks headers that requests carry. Throws `config_invalid` with their place in the definition. */
export function checkHeaders(place: string, headers: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^authorization$/i.test(name)) throw sentAnyway(`${place}.${name}`)
    checkName(`${place}.${name}`, name)
    checkHeaderValue(`${place}.${name}`, value)
  }
}

/** Checks the headers of an API: those of every request, that of the token, and those that report a limit. Throws `config_invalid`. */
export function checkApiHeaders({ headers, token, rateLimit }: ApiRules = {}): void {
  checkHeaders('api.headers', headers)
  if (token?.header !== undefined) checkName('api.token.header', token.header)
  if (token?.scheme !== undefined && token.scheme !== '') checkHeaderValue('api.token.scheme', token.scheme)
  for (const field of ['reset', 'remaining'] as const)
    if (rateLimit?.[field] !== undefined) checkName(`api.rateLimit.${field}`, rateLimit[field])
}

function checkName(place: string, name: unknown): void {
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]+$/.test(name))
    throw invalid(place, 'this is not a valid header name')
  if (reserved.test(name)) throw sentAnyway(place)
}

function checkHeaderValue(place: string, value: unknown): void {
  if (typeof value !== 'string' || !printableAscii.test(value)) throw invalid(place, 'write printable ASCII')
}

function sentAnyway(place: string): GrantError {
  return invalid(place, 'the library sends it')
}

function invalid(place: string, what: string): GrantError {
  return new GrantError('config_invalid', `${place}: ${what}`)
}
