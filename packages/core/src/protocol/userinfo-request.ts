import type { ClientAuthentication } from '../definition/client-registration.ts'
import { GrantError } from '../errors/grant-error.ts'
import { requiredFor } from '../token/required.ts'
import { isScopeToken } from '../token/scope.ts'
import type { Token } from '../token/token.ts'
import type { OAuthResponse } from '../transport/transport.ts'
import { parseChallenges } from '../wire/challenges.ts'
import type { BackChannelContext } from './back-channel.ts'
import { tokenError } from './oauth-error.ts'
import type { BehindPort } from './provider-port.ts'

/** A request for the claims about the user of a token. */
interface UserinfoRequest {
  readonly token: Token
  /** Whether the response has to be signed: some servers sign only what is asked for as nothing else. */
  readonly signed: boolean
  readonly signal: AbortSignal | undefined
}

/** Presents a token at the userinfo endpoint, in the header and never in a URL (OpenID Connect Core §5.3.1). Rejects with a `GrantError`, for an error response as well. */
export async function requestUserinfo(
  { token, signed, signal }: UserinfoRequest,
  { context, channel }: Pick<BehindPort, 'context' | 'channel'>,
): Promise<OAuthResponse> {
  const response = await channel.send({
    purpose: 'userinfo',
    url: endpointOf(context),
    parameters: {},
    headers: { accept: signed ? 'application/jwt' : 'application/json, application/jwt' }, // Glewlwyd signs for nothing but the former
    presents: token,
    authenticate: presenting(token, context),
    signal,
  })
  if (response.status === 200) return response
  const authentication = (): string => `the access token was presented as ${token.tokenType}`
  throw refusal(tokenError(response, { ...response.request, authentication }), response, token)
}

function endpointOf({ provider: { name, metadata } }: BackChannelContext): URL {
  if (metadata.userinfo_endpoint !== undefined) return new URL(metadata.userinfo_endpoint)
  const message = `${name} has no userinfo_endpoint in its metadata: add it, or call the API with authorizedFetch`
  throw new GrantError('config_invalid', message, { provider: name })
}

/** How a token is presented: the back channel adds the proof to one that is bound to a key (RFC 9449 §7.1). */
function presenting({ accessToken, tokenType }: Token, { provider, proofs }: BackChannelContext): ClientAuthentication {
  const { name } = provider
  if (tokenType !== 'Bearer' && tokenType !== 'DPoP')
    throw new GrantError('token_type_unsupported', `${name} cannot be asked with a token of the type ${tokenType}`, {
      provider: name,
    })
  if (tokenType === 'DPoP' && !proofs)
    throw new GrantError('token_type_mismatch', `the token of ${name} is bound to a DPoP key: write the option dpop`, {
      provider: name,
    })
  return ({ headers }) => {
    headers.set('authorization', `${tokenType} ${accessToken}`)
    headers.delete('content-type') // there is no body
  }
}

/** What to do about a refused token: it has expired or was revoked (RFC 6750 §3.1), or lacks a scope. */
function refusal(error: GrantError, { status, headers }: OAuthResponse, token: Token): GrantError {
  const { oauth } = error
  if (oauth?.error === 'insufficient_scope') {
    const scope = parseChallenges(headers.get('www-authenticate')).flatMap(
      ({ parameters }) => parameters['scope']?.split(' ').filter(isScopeToken) ?? [],
    )
    const required = requiredFor(token, { scope })
    return new GrantError('scope_insufficient', error.message, { ...error, action: 'reauthorize', required })
  }
  const refused = status === 401 && (!oauth || oauth.error === 'invalid_token')
  return refused ? new GrantError(error.code, error.message, { ...error, action: 'reauthorize' }) : error
}
