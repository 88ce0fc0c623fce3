import type { Token } from '@grantkit/core'

const hidden: ReadonlyMap<string, string> = new Map([
  ['code', '[redacted]'],
  ['state', '…'],
  ['code_challenge', '…'],
])

/** A readable URL of the login without its secrets. */
export function showUrl(url: string | URL): string {
  const { origin, pathname, searchParams } = new URL(url)
  const query = [...searchParams].map(([name, value]) => `${name}=${hidden.get(name) ?? value}`)
  return `${origin}${pathname}?${query.join('&')}`
}

/** A token in a few words. */
export function showToken(token: Token): string {
  const { scope, refreshToken } = token
  const scopes = scope.length === 0 ? 'no scope' : `scope ${scope.join(' ')}`
  const refresh = refreshToken === undefined ? 'no refresh token' : 'a refresh token'
  return [String(token), lifetime(token), scopes, refresh].join(', ')
}

/** The changes of a refresh in a few words. */
export function showRefresh(before: Token, after: Token): string {
  const access = after.accessToken === before.accessToken ? 'the same access token' : 'a new access token'
  const refresh = after.refreshToken === before.refreshToken ? 'the same refresh token' : 'a new refresh token'
  return `${access}, ${lifetime(after)}, ${refresh}`
}

function lifetime({ expiresAt }: Token): string {
  return expiresAt === undefined
    ? 'with unknown lifetime'
    : `valid for ${Math.round((expiresAt - Date.now()) / 60_000)} minutes`
}
