import { createHash } from 'node:crypto'
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { Incoming } from './incoming.ts'
import type { IssuedTokens, Ledger } from './ledger.ts'
import { expectThat, Refusal } from './refusal.ts'
import type { RequestRules } from './rules.ts'

/** Carries out a token request (RFC 6749 §4.1.3, §4.4.2, §6). Throws a refusal. */
export function issueTokens(
  { parameters }: Incoming,
  { grantType, omitted }: RequestRules,
  client: ClientRegistration,
  definition: ProviderDefinition,
  ledger: Ledger,
): IssuedTokens {
  if (grantType === 'authorization_code') return redeem(parameters, client, omitted, definition, ledger)
  if (grantType === 'refresh_token') return ledger.refresh(parameters.get('refresh_token'), client.clientId)
  const scope = scopesOf(parameters.get('scope'), definition)
  const user = grantType !== 'client_credentials'
  return ledger.issue({ clientId: client.clientId, scope, narrowed: false, nonce: undefined, user })
}

function redeem(
  parameters: ReadonlyMap<string, string>,
  client: ClientRegistration,
  omitted: readonly string[],
  { authorizationRequest, pkce }: ProviderDefinition,
  ledger: Ledger,
): IssuedTokens {
  const code = ledger.takeCode(parameters.get('code'))
  const verifier = parameters.get('code_verifier')
  expectThat(pkce !== 'refused' || verifier === undefined, 'PKCE is refused here, and there is a code_verifier')
  const encoding = authorizationRequest?.codeChallenge ?? 'base64url'
  const challenge = verifier === undefined ? undefined : createHash('sha256').update(verifier).digest(encoding)
  const fits =
    code.clientId === client.clientId &&
    (omitted.includes('redirect_uri') || code.redirectUri === parameters.get('redirect_uri')) &&
    code.challenge === challenge
  if (!fits) throw new Refusal('invalid_grant', 'the code belongs to another client, redirect URI or code verifier')
  return ledger.issue(code)
}

/** The scopes of a request, as the provider separates them. */
export function scopesOf(text: string | undefined, { scopeSeparator = ' ' }: ProviderDefinition): readonly string[] {
  if (text === undefined) return []
  if (scopeSeparator !== ' ') expectThat(!text.includes(' '), `scopes are separated by "${scopeSeparator}" here`)
  return text.split(scopeSeparator)
}
