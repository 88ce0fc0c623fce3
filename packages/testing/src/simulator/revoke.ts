import type { SimulationContext } from './context.ts'
import type { Incoming } from './incoming.ts'
import { expectThat, Refusal } from './refusal.ts'

/** The token of a revocation without client authentication: in the header only. */
export function presentedToken({ authorization, parameters }: Incoming): string {
  const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? []
  expectThat(token !== undefined, 'the token is missing from the Authorization header')
  expectThat(!parameters.has('token'), 'the parameter token is not accepted here')
  return token
}

/** Revokes a token and everything related to it (RFC 7009 §2.1). Throws a refusal. */
export function revoke(token: string | undefined, { definition, ledger }: SimulationContext): void {
  expectThat(token !== undefined, 'the parameter token is missing')
  const { tokens = 'both' } = definition.revocation ?? {}
  const isRefresh = ledger.knowsRefreshToken(token) && !ledger.access(token)
  if (tokens === 'access_token' && isRefresh)
    throw new Refusal('unsupported_token_type', 'only access tokens can be revoked here')
  if (tokens === 'either' && !isRefresh && !ledger.access(token))
    throw new Refusal('invalid_token', 'the token is unknown or was revoked with another one')
  if (tokens === 'either') ledger.invalidateGrant(token)
  else ledger.invalidate(token)
}
