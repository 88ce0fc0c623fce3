/**
 * An internal scope that every login is granted. oidc-provider refuses a login that requests no scope or is granted none;
 * RFC 6749 §3.3 allows a default instead, as Spotify and others have.
 */
export const impliedScope = 'urn:grantkit:testing:login'

/** A scope string as an array, without the implied one. */
export function scopeArray(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '' && name !== impliedScope) : []
}

/** The scopes of a scope string that do not exist. */
export function unknownScopes(scope: unknown, known: Readonly<Record<string, unknown>>): readonly string[] {
  return scopeArray(scope).filter((name) => !Object.hasOwn(known, name))
}

/** The scopes of OpenID Connect with their descriptions on the consent page. */
export const openidScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are.',
  profile: 'See your name and profile.',
  email: 'See your email address.',
  offline_access: 'Stay logged in when you are away.',
}
