/**
 * A scope of our own that every login is granted and nobody sees. oidc-provider refuses a login that asks for no scope
 * or is granted none; RFC 6749 §3.3 lets a server have a default instead, as Spotify and others do.
 */
export const impliedScope = 'urn:grantkit:testing:login'

/** A scope string as an array, without the implied one. */
export function scopeArray(scope: unknown): readonly string[] {
  return typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '' && name !== impliedScope) : []
}

/** Those of a scope string that do not exist. */
export function unknownScopes(scope: unknown, known: Readonly<Record<string, unknown>>): readonly string[] {
  return scopeArray(scope).filter((name) => !Object.hasOwn(known, name))
}

/** The scopes of OpenID Connect, with what the consent page says of them. */
export const openidScopes: Readonly<Record<string, string>> = {
  openid: 'Know who you are.',
  profile: 'See your name and profile.',
  email: 'See your email address.',
  offline_access: 'Stay logged in when you are away.',
}
