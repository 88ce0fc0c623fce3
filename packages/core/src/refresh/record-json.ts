import { GrantError } from '../errors/grant-error.ts'
import { Token } from '../token/token.ts'
import type { TokenFields } from '../token/token-fields.ts'
import { isObject, parseJson } from '../wire/json.ts'
import type { RecordPlace, TokenRecord } from './token-record.ts'

/** Writes a record. */
export function serialise(record: TokenRecord): string {
  return JSON.stringify(record)
}

/** What a store holds under a key: a record, or something that is damaged or was never one. */
export type Found = { readonly record: TokenRecord } | { readonly damaged: string }

/** Reads what is stored. Throws `store_failed` for a record that a later version wrote: it is never overwritten. */
export function parseRecord(text: string): Found {
  const value = parseJson(text)
  if (isObject(value) && typeof value['format'] === 'number' && value['format'] > 1)
    throw new GrantError('store_failed', 'a later version of @grantkit/core wrote what is stored: update this one', {
      action: 'fix_configuration',
    })
  return isRecord(value) ? { record: value } : { damaged: text }
}

/** Refuses the record of another provider, client or key, or of tokens that only another key pair can use. Throws `config_invalid` or `store_failed`. */
export function checkOwner(record: TokenRecord, { key, owner, boundTo }: RecordPlace): TokenRecord {
  if (record.owner !== owner)
    throw new GrantError(
      'config_invalid',
      `the store holds a token of another provider or client under this key (${record.owner}): give each its own keys, or log in again`,
    )
  if (record.key !== key)
    throw new GrantError(
      'store_failed',
      'the store holds the record of another key under this one: nothing of it is used',
      {
        action: 'report',
      },
    )
  if (record.boundTo !== undefined && record.boundTo !== boundTo)
    throw new GrantError(
      'config_invalid',
      `the stored token is bound to the DPoP key ${record.boundTo}, and the provider has ${boundTo ?? 'none'}: pass the key pair that it was obtained with, { dpop: keyPair }, or log in again`,
    )
  return record
}

function isRecord(value: unknown): value is TokenRecord {
  if (!isObject(value) || value['format'] !== 1) return false
  const { key, owner, boundTo = '', grant, state, generation, attempt, tokens, seed, intent, failure } = value
  return (
    [key, owner, boundTo, grant].every(isString) &&
    (state === 'live' || state === 'dead') &&
    [generation, attempt].every(isCount) &&
    (seed === undefined || isString(seed)) &&
    isObject(tokens) &&
    Object.values(tokens).every(isStoredToken) &&
    hasTimes(intent, ['at', 'deadline', 'attempt']) &&
    hasTimes(failure, ['at', 'until', 'count'])
  )
}

function isStoredToken(value: unknown): boolean {
  if (!isObject(value) || !Number.isFinite(value['obtainedAt'])) return false
  try {
    return Token.from(value['token'] as TokenFields) instanceof Token
  } catch {
    return false // its fields are not those of a token
  }
}

function hasTimes(value: unknown, names: readonly string[]): boolean {
  return value === undefined || (isObject(value) && names.every((name) => Number.isFinite(value[name])))
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0
}
