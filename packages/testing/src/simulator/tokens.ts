import { createHash } from 'node:crypto'
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulationContext } from './context.ts'
import type { IssuedTokens } from './ledger.ts'
import { checkExtensionGrant } from './extension-grant.ts'
import { expectThat, Refusal } from './refusal.ts'
import { deviceGrant, type RequestRules } from './rules.ts'

/** A token request of an authenticated client. */
export interface TokenRequest {
  readonly client: ClientRegistration
  readonly parameters: ReadonlyMap<string, string>
  readonly rules: RequestRules
}

/** Handles a token request (RFC 6749 §4.1.3, §4.4.2, §6). Throws a refusal. */
export function issueTokens(request: TokenRequest, context: SimulationContext): IssuedTokens {
  const { client, parameters, rules } = request
  const { definition, ledger, pending } = context
  const { grantType } = rules
  if (grantType === 'authorization_code') return redeem(request, context)
  if (grantType === 'refresh_token') return ledger.refresh(parameters.get('refresh_token'), client.clientId)
  if (grantType === deviceGrant) return ledger.issue(pending.takeDevice(parameters.get('device_code'), client.clientId))
  checkExtensionGrant(grantType, parameters)
  const scope = scopesOf(parameters.get('scope'), definition)
  const user = grantType !== 'client_credentials'
  return ledger.issue({ clientId: client.clientId, scope, narrowed: false, nonce: undefined, user })
}

function redeem({ client, parameters, rules }: TokenRequest, { definition, ledger }: SimulationContext): IssuedTokens {
  const { authorizationRequest, pkce } = definition
  const code = ledger.takeCode(parameters.get('code'))
  const verifier = parameters.get('code_verifier')
  expectThat(pkce !== 'refused' || verifier === undefined, 'PKCE is refused here, but there is a code_verifier')
  const encoding = authorizationRequest?.codeChallenge ?? 'base64url'
  const challenge = verifier === undefined ? undefined : createHash('sha256').update(verifier).digest(encoding)
  const fits =
    code.clientId === client.clientId &&
    (rules.omitted.includes('redirect_uri') || code.redirectUri === parameters.get('redirect_uri')) &&
    code.challenge === challenge
  if (!fits) throw new Refusal('invalid_grant', 'the code belongs to another client, redirect URI or code verifier')
  return ledger.issue(code)
}

/** The scopes of a request, split at the provider's separator. */
export function scopesOf(scope: string | undefined, { scopeSeparator = ' ' }: ProviderDefinition): readonly string[] {
  if (scope === undefined) return []
  if (scopeSeparator !== ' ')
    expectThat(!scope.includes(' '), `scopes have to be separated by "${scopeSeparator}" here`)
  return scope.split(scopeSeparator)
}
