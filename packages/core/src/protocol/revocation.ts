import type { RevocationDeviations } from '../definition/request-deviations.ts'
import { append } from '../definition/parameters.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { Token } from '../token/token.ts'
import { send } from '../transport/transport.ts'
import { authenticateRequest } from './client-authentication.ts'
import type { NormalisedAnswer } from './deviations/error.ts'
import { reporter, type Used } from './deviations/used.ts'
import { tokenError } from './oauth-error.ts'
import { secretsOf } from './request-secrets.ts'
import type { TokenRequestContext } from './token-request.ts'

/** A token on its way to be revoked (RFC 7009 §2.1). */
type Revoked = readonly [token: string, hint: 'refresh_token' | 'access_token']

/** What has to be revoked so that a grant ends: the refresh token, then the access token, unless the provider does it otherwise. */
export function tokensToRevoke(
  { refreshToken, accessToken }: Token,
  { tokens = 'both' }: RevocationDeviations = {},
  used: Used,
): readonly Revoked[] {
  const access: Revoked = [accessToken, 'access_token']
  if (refreshToken === undefined) return [access]
  if (tokens === 'access_token') {
    used('revocation.tokens')
    return [access]
  }
  const refresh: Revoked = [refreshToken, 'refresh_token']
  return tokens === 'either' ? [refresh] : [refresh, access]
}

/**
 * Tells the provider that a token is not needed any more (RFC 7009 §2.1). A token that it does not know is revoked
 * already, and answered with success. Rejects with `config_invalid` where the metadata names no endpoint, else with
 * what the provider said.
 */
export async function revokeToken(
  [token, hint]: Revoked,
  context: TokenRequestContext,
  said: Token['extra'],
  signal?: AbortSignal,
): Promise<void> {
  const { provider, transport, deviations } = context
  const url = endpointOf(context)
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
  const body = new URLSearchParams()
  append(body, { ...provider.revocation?.parameters, token, token_type_hint: hint })
  await authenticate(url, headers, body, context, token)
  const own = Object.fromEntries(headers)
  const plain = { url: url.href, method: 'POST', headers: own, body: body.toString() } as const
  const outgoing = (await deviations?.request('revocation', { url, headers, body }, said)) ?? plain
  const secrets = [
    ...context.secrets,
    token,
    ...secretsOf(headers, body),
    ...secretsOf(new Headers(outgoing.headers), body),
  ]
  const sent = await send(transport, { ...outgoing, signal, maxBytes: transport.limits.token }, { secrets })
  const now = transport.clock.now()
  const answer: NormalisedAnswer = deviations ? await deviations.answer('revocation', sent, now) : sent
  if (answer.status !== 200 || answer.failed)
    throw tokenError(answer, { provider: provider.name, grantType: 'revocation', now, secrets })
}

function endpointOf({ provider, clientId }: TokenRequestContext): URL {
  const endpoint = provider.revocation?.endpoint ?? provider.metadata.revocation_endpoint
  if (endpoint !== undefined) return new URL(endpoint.replace('{client_id}', encodeURIComponent(clientId)))
  throw new GrantError(
    'config_invalid',
    `${provider.name} has no revocation_endpoint in its metadata: it cannot be told`,
  )
}

/** The client proves who it is; at Dropbox and Slack, the token proves that it may be revoked. */
async function authenticate(
  url: URL,
  headers: Headers,
  body: URLSearchParams,
  { provider, clientId, authenticate: ofClient, secrets, emit }: TokenRequestContext,
  token: string,
): Promise<void> {
  if (provider.revocation?.authentication !== 'bearer')
    return authenticateRequest(ofClient, { url, headers, body, clientId }, { secrets: [...secrets, token] })
  reporter(emit, 'revocation')('revocation.authentication')
  headers.set('authorization', `Bearer ${token}`)
  body.delete('token')
  body.delete('token_type_hint')
}
