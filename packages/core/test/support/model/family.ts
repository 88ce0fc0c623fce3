import type { ServerResponse } from './operation.ts'

/**
 * What an authorization server does with a refresh token that was used before: `strict` revokes the family, `grace`
 * accepts the one before the latest, `fapi` accepts it until one that was issued for it is used (FAPI 2.0 Security
 * Profile §5.3.2.1), `static` never rotates.
 */
export type ServerKind = 'strict' | 'grace' | 'fapi' | 'static'

/** The refresh tokens `rt-0`, `rt-1` and so on, as the server knows them. */
export interface Family {
  readonly kind: ServerKind
  readonly latest: number
  /** The one that the latest was issued for, and the latest at that time. */
  readonly before: number
  readonly latestThen: number
  readonly revoked: boolean
  /** Whether a token was used that is used up. */
  readonly reused: boolean
}

export function newFamily(kind: ServerKind): Family {
  return { kind, latest: 0, before: 0, latestThen: 0, revoked: false, reused: false }
}

/** Whether the server would accept a refresh token. */
export function accepts(
  { kind, latest, before, latestThen, revoked }: Family,
  refreshToken: string | undefined,
): boolean {
  const number = Number(refreshToken?.slice('rt-'.length))
  if (revoked || refreshToken === undefined) return false
  if (kind === 'static') return number === 0
  if (kind === 'fapi') return number === before || (number > latestThen && number <= latest)
  return number === latest || (kind === 'grace' && number === before)
}

/** Uses a refresh token. */
export function redeem(family: Family, refreshToken: string): readonly [Family, ServerResponse] {
  const { kind, latest, before, latestThen, revoked } = family
  if (!accepts(family, refreshToken))
    return [{ ...family, revoked: revoked || kind === 'strict', reused: true }, { error: 'reauthorization_required' }]
  const next = latest + 1
  const used = Number(refreshToken.slice('rt-'.length))
  const again = kind === 'fapi' && used === before
  const rotated = {
    ...family,
    latest: next,
    before: again || kind === 'grace' ? before : used,
    latestThen: again ? latestThen : latest,
  }
  return [
    kind === 'grace' ? { ...rotated, before: latest } : rotated,
    { accessToken: `at-${next}`, refreshToken: kind === 'static' ? 'rt-0' : `rt-${next}` },
  ]
}
