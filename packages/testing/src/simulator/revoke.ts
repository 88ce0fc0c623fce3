import type { ProviderDefinition } from '@grantkit/core'
import type { Incoming } from './incoming.ts'
import type { Ledger } from './ledger.ts'
import { expectThat, Refusal } from './refusal.ts'

/** The token that a revocation presents instead of a client: in the header, and nowhere else. */
export function presentedToken(authorization: string | undefined, { parameters }: Incoming): string {
  const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? []
  expectThat(token !== undefined, 'the token is not presented in the Authorization header')
  expectThat(!parameters.has('token'), 'the token is no parameter here')
  return token
}

/** Revokes a token, and what goes with it (RFC 7009 §2.1). Throws a refusal. */
export function revoke(token: string | undefined, { revocation = {} }: ProviderDefinition, ledger: Ledger): void {
  expectThat(token !== undefined, 'the parameter token is missing')
  const { tokens = 'both' } = revocation
  const isRefresh = ledger.knowsRefreshToken(token) && !ledger.access(token)
  if (tokens === 'access_token' && isRefresh)
    throw new Refusal('unsupported_token_type', 'only access tokens are revoked here')
  if (tokens === 'either' && !isRefresh && !ledger.access(token))
    throw new Refusal('invalid_token', 'the token is unknown, or was revoked with another one')
  if (tokens === 'either') ledger.endGrant(token)
  else ledger.end(token)
}
