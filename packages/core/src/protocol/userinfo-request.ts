import { GrantError } from '../errors/grant-error.ts'
import { requiredFor } from '../token/required.ts'
import { isScopeToken } from '../token/scope.ts'
import type { Token } from '../token/token.ts'
import { placeOf } from '../transport/place.ts'
import { checkTarget, sendOnce, underGuard } from '../transport/send.ts'
import type { OAuthResponse } from '../transport/transport.ts'
import { parseChallenges } from '../wire/challenges.ts'
import type { BackChannelContext } from './back-channel.ts'
import { tokenError } from './oauth-error.ts'
import type { UserinfoOptions } from './userinfo.ts'

/** Presents a token at the userinfo endpoint, in the header and never in a URL (OpenID Connect Core §5.3.1). Rejects with a `GrantError`, for an error response as well. */
export async function requestUserinfo(
  token: Token,
  context: BackChannelContext,
  { signed = false, signal }: Pick<UserinfoOptions, 'signed' | 'signal'> = {},
): Promise<OAuthResponse> {
  const { provider, transport } = context
  const url = endpointOf(context)
  const secrets = [token.accessToken]
  const present = presenter(token, url, context)
  checkTarget(transport, 'the userinfo_endpoint', url)
  const response = await underGuard(transport, url, {
    signal,
    secrets: () => secrets,
    work: (deadline) =>
      present((credentials) => {
        secrets.push(...Object.values(credentials))
        const accept = signed ? 'application/jwt' : 'application/json, application/jwt' // Glewlwyd signs for nothing but the former
        const headers = { accept, ...credentials }
        const request = { url, method: 'GET', headers, maxBytes: transport.limits.token } as const
        return sendOnce(transport, request, { grantType: 'userinfo', signal: deadline })
      }),
  })
  if (response.status === 200) return response
  const asked = { provider: provider.name, purpose: 'userinfo', endpoint: placeOf(url), secrets: () => secrets }
  const authentication = (): string => `the access token was presented as ${token.tokenType}`
  throw refusal(tokenError(response, { ...asked, authentication, now: transport.clock.now() }), response, token)
}

function endpointOf({ provider: { name, metadata } }: BackChannelContext): string {
  if (metadata.userinfo_endpoint !== undefined) return metadata.userinfo_endpoint
  const message = `${name} has no userinfo_endpoint in its metadata: add it, or call the API with authorizedFetch`
  throw new GrantError('config_invalid', message, { provider: name })
}

/** Sends one attempt with these headers. */
type Attempt = (credentials: Readonly<Record<string, string>>) => Promise<OAuthResponse>

/** How a token is presented: a bearer token as it is, one that is bound to a key with a proof of it, and once more where the server wants its nonce in that (RFC 9449 §9). */
function presenter(
  { accessToken, tokenType }: Token,
  url: string,
  { provider, proofs }: BackChannelContext,
): (send: Attempt) => Promise<OAuthResponse> {
  if (tokenType === 'Bearer') return (send) => send({ authorization: `Bearer ${accessToken}` })
  const { name } = provider
  if (tokenType !== 'DPoP')
    throw new GrantError('token_type_unsupported', `${name} cannot be asked with a token of the type ${tokenType}`, {
      provider: name,
    })
  if (!proofs)
    throw new GrantError('token_type_mismatch', `the token of ${name} is bound to a DPoP key: write the option dpop`, {
      provider: name,
    })
  const attempt = async (send: Attempt): Promise<readonly [OAuthResponse, boolean]> => {
    const dpop = await proofs.proof({ method: 'GET', url, accessToken })
    const response = await send({ authorization: `DPoP ${accessToken}`, dpop })
    return [response, proofs.remember(url, response.headers)]
  }
  return async (send) => {
    const [response, hasNonce] = await attempt(send)
    return response.status === 401 && hasNonce ? (await attempt(send))[0] : response
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
