import type { TokenFields } from '../token/token-fields.ts'
import type { Token } from '../token/token.ts'
import { type StoredToken, restoredToken } from './stored-token.ts'

/** The JSON that a token source stores: a grant, its tokens and the state of their refresh. */
export interface TokenRecord {
  /** The version of this format. */
  readonly format: 1
  /** The key that it is stored under, so that one in another's place is noticed. */
  readonly key: string
  /** Whose grant it is: a record of another provider or client is refused. */
  readonly owner: string
  /** The thumbprint of the key that its tokens are bound to (RFC 9449 §6.1); absent for tokens that are not bound. */
  readonly boundTo?: string | undefined
  /** The login that began the grant. */
  readonly grant: string
  /** `dead` once the provider refused the refresh token: kept, and never used again. */
  readonly state: 'live' | 'dead'
  /** How often the grant was refreshed, and which attempt at the last refresh succeeded. */
  readonly generation: number
  readonly attempt: number
  /** The tokens of the grant, by what they are for; `''` is the one of the login. */
  readonly tokens: Readonly<Record<string, StoredToken>>
  /** A refresh token that came alone, until the first refresh brings a whole token. */
  readonly seed?: string | undefined
  /** A refresh under way: until the deadline, by the store's clock, nobody else may use the refresh token. */
  readonly intent?: RefreshIntent | undefined
  /** The last failure, which is not repeated before its time. */
  readonly failure?: RefreshFailure | undefined
}

/** Who refreshes, which attempt it is, since when and until when; milliseconds of the store's clock. */
export interface RefreshIntent {
  readonly holder: string
  readonly attempt: number
  readonly at: number
  readonly deadline: number
}

/** What went wrong, how often in a row, since when and until when it is taken for granted; milliseconds of the store's clock. */
export interface RefreshFailure {
  readonly code: string
  readonly status?: number | undefined
  readonly count: number
  readonly at: number
  readonly until: number
}

/** What a record is for: `boundTo` is the thumbprint of the provider's own key, where it has one. */
export type RecordPlace = Pick<TokenRecord, 'key' | 'owner' | 'boundTo'>

/** A token that was just obtained. */
export interface Obtained {
  /** What it is for. */
  readonly purpose: string
  readonly token: Token
  /** Milliseconds since the epoch, by the clock of this process. */
  readonly obtainedAt: number
  /** The same moment by the store's clock, where that is known. */
  readonly storedAt?: number | undefined
  /** The thumbprint of the provider's key, where it has one. */
  readonly boundTo?: string | undefined
}

/** The token of a record for a purpose, where it has one. */
export function tokenOf(record: TokenRecord | undefined, purpose: string): Token | undefined {
  const stored = record?.tokens[purpose]
  return stored && restoredToken(stored)
}

/** The refresh token of a grant. */
export function refreshTokenOf(record: TokenRecord | undefined): string | undefined {
  return record?.tokens['']?.token.refreshToken ?? record?.seed
}

/** What a token of the record is for, unless it was refused already or is not among them. */
export function nameOfToken(record: TokenRecord, { accessToken }: Token): string | undefined {
  return Object.entries(record.tokens).find(
    ([, { token, refused }]) => !refused && token.accessToken === accessToken,
  )?.[0]
}

/** The record of a grant that is about to obtain its first token. */
export function newRecord({ key, owner }: Pick<RecordPlace, 'key' | 'owner'>, seed?: string): TokenRecord {
  const grant = crypto.randomUUID()
  return { format: 1, key, owner, grant, state: 'live', generation: 0, attempt: 0, tokens: {}, seed }
}

/** Milliseconds after a login in which its token is as good as new. */
const justNow = 5 * 60_000

/** The record of a grant that begins with a token from a login, or from elsewhere and of unknown age. */
export function firstRecord(place: RecordPlace, obtained: Omit<Obtained, 'purpose' | 'boundTo'>): TokenRecord {
  const record = withToken(newRecord(place), { ...obtained, purpose: '', boundTo: place.boundTo })
  const { authorizedAt } = obtained.token
  if (authorizedAt !== undefined && obtained.obtainedAt - authorizedAt < justNow) return record
  return { ...record, tokens: { '': { ...(record.tokens[''] as StoredToken), adopted: true } } }
}

/** The record with a token that was just obtained. A rotated refresh token is the grant's, whatever the access token is for. */
export function withToken(record: TokenRecord, obtained: Obtained): TokenRecord {
  const { purpose, token, obtainedAt, storedAt, boundTo } = obtained
  const { refreshToken, ...withoutRefresh } = token
  const fields: TokenFields = purpose === '' ? { ...token } : withoutRefresh
  const repeated = record.tokens[purpose]?.token.accessToken === token.accessToken
  const stored: StoredToken = { token: fields, obtainedAt, storedAt, ...(repeated && { repeated }) }
  const living = Object.entries(record.tokens).filter(
    ([name, { token: other }]) => name === '' || (other.expiresAt ?? obtainedAt) >= obtainedAt,
  )
  const next: TokenRecord = {
    ...record,
    boundTo: token.tokenType === 'DPoP' ? boundTo : record.boundTo,
    state: 'live',
    generation: record.generation + 1,
    attempt: record.intent?.attempt ?? 0,
    tokens: { ...Object.fromEntries(living), [purpose]: stored },
    intent: undefined,
    failure: undefined,
    ...(purpose === '' && { seed: undefined }),
  }
  return purpose === '' || refreshToken === undefined ? next : withRefreshToken(next, refreshToken)
}

/** The record once the server has rotated, and before the new access token may be used: whatever happens now, the new refresh token is kept. */
export function rotated(record: TokenRecord, refreshToken: string): TokenRecord {
  const next = { ...record, generation: record.generation + 1, attempt: record.intent?.attempt ?? 0 }
  return withRefreshToken({ ...next, intent: undefined }, refreshToken)
}

/** The record with another refresh token, and all else as it was. */
export function withRefreshToken(record: TokenRecord, refreshToken: string): TokenRecord {
  const main = record.tokens['']
  if (!main) return { ...record, seed: refreshToken }
  return { ...record, tokens: { ...record.tokens, '': { ...main, token: { ...main.token, refreshToken } } } }
}

/** The record with the intent that another has. */
export function withIntentOf({ intent }: TokenRecord, record: TokenRecord): TokenRecord {
  return { ...record, intent }
}

/** Whether one record of a grant is behind another: refreshed less often, or by an earlier attempt at the same refresh. */
export function isBehind(record: TokenRecord, other: TokenRecord): boolean {
  return (
    record.generation < other.generation || (record.generation === other.generation && record.attempt < other.attempt)
  )
}
