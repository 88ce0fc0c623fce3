import { withHint } from '../definition/check/redirect-uri.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import type { GrantPort } from '../protocol/port.ts'

/**
 * A login under way: plain JSON to keep in the user's own session until the callback comes. It is a secret of that
 * session, because it holds the state and the code verifier. What does not apply is absent.
 */
export interface Transaction {
  /** Binds the callback to this login (RFC 6749 §10.12). */
  readonly state: string
  /** Proves that the code is redeemed by who began (RFC 7636 §4.1). */
  readonly codeVerifier?: string
  /** Binds the ID token to this login (OpenID Connect Core §3.1.2.1). */
  readonly nonce?: string
  /** The redirect URI that was sent, byte for byte. */
  readonly redirectUri: string
  /** The scopes that were asked for. */
  readonly scope: readonly string[]
  /** The resources that were asked for (RFC 8707). */
  readonly resource?: string | readonly string[]
  /** The most seconds since the user last proved who they are (OpenID Connect Core §3.1.2.1). */
  readonly maxAge?: number
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
 * Checks a transaction as it comes back from the user's session: that it is one, that it belongs to this provider, and
 * its age. Throws `state_mismatch`, `issuer_mismatch`, `callback_invalid` or `transaction_expired`.
 */
export function checkTransaction(value: unknown, { provider, clock }: GrantPort): Transaction {
  if (typeof value === 'string')
    throw new GrantError(
      'callback_invalid',
      'the transaction is a string: parse it first, with JSON.parse(transaction)',
    )
  const transaction = value as Transaction | null | undefined
  if (
    typeof transaction !== 'object' ||
    transaction === null ||
    typeof transaction.state !== 'string' ||
    transaction.state === ''
  )
    throw new GrantError(
      'state_mismatch',
      'there is no transaction to compare the callback with: it was not stored, or this session never began a login (a code whose state you compared yourself goes to exchangeCode)',
    )
  if (transaction.provider !== provider.name)
    throw new GrantError('state_mismatch', `the transaction belongs to another provider than ${provider.name}`)
  if (transaction.issuer !== provider.metadata.issuer)
    throw new GrantError(
      'issuer_mismatch',
      `the transaction was begun at the issuer ${quote(transaction.issuer)}, and ${provider.name} has ${quote(provider.metadata.issuer)}`,
      { provider: provider.name },
    )
  if (
    typeof transaction.redirectUri !== 'string' ||
    !isTextList(transaction.scope) ||
    !Number.isFinite(transaction.createdAt)
  )
    throw new GrantError(
      'callback_invalid',
      'the transaction is not what authorize() returned: store it whole, as JSON',
    )
  const now = clock.now()
  const age = Math.abs(now - transaction.createdAt) // one from the future was tampered with
  const fresh = now < transaction.expiresAt && age < transactionLifetime
  if (!fresh) {
    const message = 'the login took longer than ten minutes: begin again'
    throw new GrantError('transaction_expired', withHint(message, provider.redirectUri))
  }
  return transaction
}

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}
