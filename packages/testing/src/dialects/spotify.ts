import { spotifyApi } from './spotify-api.ts'
import { spotifyScopes } from './spotify-scopes.ts'
import type { Dialect, PageFailure, TokenFailure } from './dialect.ts'

/** Spotify's accounts service and the part of its Web API that needs no more than a token, on one origin. */
export const spotify: Dialect = {
  paths: { authorization: '/authorize', token: '/api/token' },
  discovery: false,
  openid: false,
  rotation: false, // since July 2026, for PKCE too
  refreshTokenLifetime: 183 * 24 * 60 * 60, // "6 months"
  refreshTokenLifetimeStarts: 'login',
  scopes: spotifyScopes,
  consentParameter: 'show_dialog',
  apiPrefix: '/v1/',
  api: spotifyApi,
  acceptsRedirectUri,
  unknownScope: 'page',
  callbackWithout: ['iss', 'error_description'],
  clientCredentialsScope: false,
  tokenError: (failure) => ({ error: failure.error, error_description: describe(failure) }),
  pageMessage,
}

/** Since November 2025 for every app: https, or http on a loopback literal; `localhost` is not one. */
function acceptsRedirectUri(redirectUri: string): boolean {
  return !/^http:/i.test(redirectUri) || /^http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\])(?=[:/?]|$)/i.test(redirectUri)
}

/** Spotify's messages by the engine's internal error details. */
const descriptions: readonly (readonly [RegExp, string])[] = [
  [/^client not found/, 'Invalid client'],
  [/^invalid secret/, 'Invalid client secret'],
  [/code_verifier/, 'code_verifier was incorrect'],
  [/^authorization code redirect_uri/, 'Invalid redirect URI'],
  [/^authorization code/, 'Invalid authorization code'],
  [/^refresh token is expired/, 'Refresh token expired'],
  [/^refresh token already used/, 'Refresh token revoked'],
  [/^refresh token/, 'Invalid refresh token'],
]

function describe({ description, detail, wasRevoked }: TokenFailure): string {
  if (wasRevoked) return 'Refresh token revoked'
  return descriptions.find(([pattern]) => pattern.test(detail))?.[1] ?? description
}

function pageMessage({ error, description, redirectUri }: PageFailure): string {
  if (error === 'invalid_scope') return 'Illegal scope'
  if (error === 'invalid_client') return 'INVALID_CLIENT: Invalid client'
  if (error !== 'invalid_redirect_uri') return `${error}: ${description}`
  const insecure = redirectUri !== undefined && !acceptsRedirectUri(redirectUri)
  return `INVALID_CLIENT: ${insecure ? 'Insecure' : 'Invalid'} redirect URI`
}
