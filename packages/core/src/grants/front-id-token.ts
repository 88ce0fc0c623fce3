import { GrantError } from '../errors/grant-error.ts'
import type { GrantPort } from '../protocol/port.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import type { Transaction } from './transaction.ts'

/**
 * The claims of the ID token that came with the code: verified, and bound to the code and the state by their hashes
 * (OpenID Connect Core §3.3.2.11). Rejects with `callback_invalid` where there is none, or with `id_token_invalid`.
 */
export async function readFrontIdToken(
  parameters: URLSearchParams,
  { state, nonce }: Transaction,
  port: GrantPort,
): Promise<IdTokenClaims> {
  const [idToken = '', second] = parameters.getAll('id_token')
  if (idToken === '' || second !== undefined)
    throw new GrantError('callback_invalid', 'the callback has to have one "id_token", as the login asked for it')
  const code = parameters.get('code') ?? ''
  if (port.readIdToken) return port.readIdToken(idToken, { required: true, code, state, nonce })
  throw new GrantError('config_invalid', 'the port of this grant has no readIdToken(): add it to the object')
}
