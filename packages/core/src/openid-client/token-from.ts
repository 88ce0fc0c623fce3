import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from 'openid-client'
import { GrantError } from '../errors/grant-error.ts'
import { readTokenResponse, type TokenResponse } from '../protocol/token-response.ts'
import { boundedExtra } from '../token/extra.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import { Token } from '../token/token.ts'

/** What openid-client does not know about a token. */
export interface TokenFromOptions {
  /** The requested scopes; they were granted, unless the response says otherwise. */
  readonly scope?: readonly string[] | undefined
  /** The token that was refreshed: what the response leaves out stays as it was. */
  readonly previous?: Token | undefined
  /** When the response came, in milliseconds since the epoch; now unless given. */
  readonly now?: number | undefined
  /** Whether the request had a DPoP proof (RFC 9449), of openid-client or of the provider: the token has to be bound to its key then. */
  readonly dpop?: boolean | undefined
}

/**
 * The `Token` of a token response of openid-client. It is read as strictly as any other: some of what openid-client accepts
 * is refused with `token_response_invalid`, a DPoP token unless you say that you used a proof, or any other if you did, with
 * `token_type_mismatch`, and the ID token of another user than
 * that of the previous token with `id_token_invalid`. The claims are those that openid-client has checked.
 *
 * @example
 * ```ts
 * import { tokenFrom } from '@grantkit/core/openid-client'
 *
 * const response = { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer', expires_in: 3600 } as const
 * tokenFrom(response, { scope: ['read'] }).hasScope('read') // => true
 * ```
 */
export function tokenFrom(
  response: TokenEndpointResponse & Partial<TokenEndpointResponseHelpers>,
  { scope, previous, now = Date.now(), dpop: proven = false }: TokenFromOptions = {},
): Token {
  const read = strictly(response, { now, proven })
  const claims = response.claims?.()
  if (claims && previous?.claims) checkSameUser(claims, previous.claims)
  const { refreshToken = previous?.refreshToken, idToken, extra } = read
  const kept = refreshToken === previous?.refreshToken ? previous?.refreshExpiresAt : undefined
  const said = idToken === undefined || claims ? extra : { ...extra, id_token: idToken } // not verified, as in every such token
  return new Token({
    ...previous,
    accessToken: read.accessToken,
    tokenType: read.tokenType,
    scope: read.scope ?? scope ?? previous?.scope,
    requestedScope: scope ?? previous?.requestedScope,
    expiresAt: timeAfter(now, read.expiresIn),
    refreshExpiresAt: timeAfter(now, read.refreshExpiresIn) ?? kept,
    refreshToken,
    authorizationDetails: read.authorizationDetails ?? previous?.authorizationDetails,
    ...(claims && { claims, idToken: String(idToken) }),
    extra: boundedExtra(said, previous?.extra ?? {}),
  })
}

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

function strictly(
  response: TokenEndpointResponse,
  when: { readonly now: number; readonly proven: boolean },
): TokenResponse {
  const purpose = response.token_type === 'n_a' ? tokenExchange : '' // openid-client accepts that type from no other grant
  const where = { provider: 'openid-client', endpoint: 'the token endpoint', authentication: () => '' }
  const received = { status: 200, headers: new Headers(), body: JSON.stringify(response) }
  return readTokenResponse(received, { ...where, ...when, purpose, secrets: () => [] })
}

function timeAfter(now: number, seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : now + seconds * 1000
}

/** A refreshed ID token is about the same user (OpenID Connect Core §12.2); openid-client does not know the previous one. */
function checkSameUser(claims: Partial<IdTokenClaims>, previous: Partial<IdTokenClaims>): void {
  const other = (['iss', 'sub'] as const).find((claim) => claims[claim] !== previous[claim])
  if (other === undefined) return
  throw new GrantError('id_token_invalid', `the ID token is not of the login that is refreshed (${other})`)
}
