import { GrantError } from '../errors/grant-error.ts'
import { send } from '../transport/transport.ts'
import { tokenError } from './oauth-error.ts'
import type { TokenRequestContext } from './token-request.ts'

/**
 * Tells the provider that a token is not needed any more (RFC 7009 §2.1). A token that it does not know is revoked
 * already, and answered with success. Rejects with `config_invalid` where the metadata names no endpoint, else with
 * what the provider said.
 */
export async function revokeToken(
  token: string,
  hint: 'refresh_token' | 'access_token',
  context: TokenRequestContext,
  signal?: AbortSignal,
): Promise<void> {
  const { provider, clientId, transport } = context
  const endpoint = provider.metadata.revocation_endpoint
  if (endpoint === undefined)
    throw new GrantError(
      'config_invalid',
      `${provider.name} has no revocation_endpoint in its metadata: it cannot be told`,
    )
  const body = new URLSearchParams({ token, token_type_hint: hint })
  const headers = new Headers({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
  await context.authenticate({ url: new URL(endpoint), headers, body, clientId })
  const secrets = [...context.secrets, token, headers.get('authorization')?.split(' ')[1] ?? '']
  const request = {
    url: endpoint,
    method: 'POST',
    headers,
    body: body.toString(),
    signal,
    maxBytes: transport.limits.token,
    secrets,
  } as const
  const answer = await send(transport, request)
  if (answer.status !== 200)
    throw tokenError(answer, { provider: provider.name, grantType: 'revocation', now: transport.clock.now(), secrets })
}
