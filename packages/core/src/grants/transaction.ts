import { withHint } from '../definition/check/redirect-uri.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import type { GrantPort } from '../protocol/port.ts'
import { isObject } from '../wire/json.ts'
import { type RequestedResponse, responseModes } from './response-mode.ts'

/**
 * A login under way: plain JSON to keep in the user's own session until the callback comes. It is a secret of that
 * session, because it holds the state and the code verifier. What does not apply is absent.
 */
export interface Transaction extends RequestedResponse {
  /** Binds the callback to this login (RFC 6749 §10.12). */
  readonly state: string
  /** Proves that the client that redeems the code started the login (RFC 7636 §4.1). */
  readonly codeVerifier?: string
  /** Binds the ID token to this login (OpenID Connect Core §3.1.2.1). */
  readonly nonce?: string
  /** The redirect URI that was sent, byte for byte. */
  readonly redirectUri: string
  /** The requested scopes. */
  readonly scope: readonly string[]
  /** The requested resources (RFC 8707). */
  readonly resource?: string | readonly string[]
  /** The most seconds since the user last proved who they are (OpenID Connect Core §3.1.2.1). */
  readonly maxAge?: number
  /** The authentication context classes that the ID token may name (OpenID Connect Core §3.1.2.1). */
  readonly acrValues?: readonly string[]
  /** Whether the ID token has to name one (OpenID Connect Core §5.5.1.1). */
  readonly acrRequired?: boolean
  /** The name of the provider. */
  readonly provider: string
  /** The issuer of the provider, which a callback is compared with (RFC 9207). */
  readonly issuer?: string
  /** When the login began, in milliseconds since the epoch. */
  readonly createdAt: number
  /** When the login expires, in milliseconds since the epoch: ten minutes later. */
  readonly expiresAt: number
}

/** Milliseconds that a login may take. */
export const transactionLifetime: number = 10 * 60_000

/**
 * Checks a transaction as it comes back from the user's session: its shape, that it belongs to this provider, and its
 * age. Throws `state_mismatch`, `issuer_mismatch`, `callback_invalid` or `transaction_expired`.
 */
export function checkTransaction(value: unknown, { provider, clock }: GrantPort): Transaction {
  const transaction = checkPresence(value)
  checkProvider(transaction, provider)
  if (!hasShape(transaction))
    throw new GrantError(
      'callback_invalid',
      'the transaction is not what authorize() returned: store it whole, as JSON',
    )
  const now = clock.now()
  const age = Math.abs(now - transaction.createdAt) // one from the future was tampered with
  if (now < transaction.expiresAt && age < transactionLifetime) return transaction
  const message = 'the login took longer than ten minutes: begin again'
  throw new GrantError('transaction_expired', withHint(message, provider.redirectUri), { provider: provider.name })
}

function checkPresence(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'string')
    throw new GrantError(
      'callback_invalid',
      'the transaction is a string: parse it first, with JSON.parse(transaction)',
    )
  if (isObject(value) && typeof value['state'] === 'string' && value['state'] !== '') return value
  throw new GrantError(
    'state_mismatch',
    'there is no transaction to compare the callback with: it was not stored, or this session never began a login (a code whose state you compared yourself goes to exchangeCode)',
  )
}

/** Checks that a transaction was begun at this provider and issuer. Throws `state_mismatch` or `issuer_mismatch`. */
export function checkProvider(
  transaction: Readonly<Record<string, unknown>>,
  { name, metadata }: Pick<ProviderDefinition, 'name' | 'metadata'>,
): void {
  const { provider, issuer } = transaction
  if (provider !== name)
    throw new GrantError('state_mismatch', `the transaction belongs to another provider than ${name}`, {
      provider: name,
    })
  if (issuer !== metadata.issuer)
    throw new GrantError(
      'issuer_mismatch',
      `the transaction was begun at the issuer ${quote(issuer)}, and ${name} has ${quote(metadata.issuer)}`,
      { provider: name },
    )
}

/** Whether the fields that a login is finished with are of their kinds; the code verifier is checked by its grant. */
function hasShape(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, unknown>> & Transaction {
  const { redirectUri, scope, resource, nonce, maxAge, createdAt } = value
  const { acrValues, acrRequired, responseType, responseMode } = value
  return (
    typeof redirectUri === 'string' &&
    isStringList(scope) &&
    (resource === undefined || typeof resource === 'string' || isStringList(resource)) &&
    (nonce === undefined || typeof nonce === 'string') &&
    (maxAge === undefined || Number.isFinite(maxAge)) &&
    (acrValues === undefined || isStringList(acrValues)) &&
    (acrRequired === undefined || typeof acrRequired === 'boolean') &&
    (responseType === undefined || responseType === 'code id_token') &&
    (responseMode === undefined || responseModes.some((mode) => mode === responseMode)) &&
    Number.isFinite(createdAt)
  )
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
