import { GrantError } from '../errors/grant-error.ts'
import type { TokenMembers } from '../token/token-members.ts'
import { Token } from '../token/token.ts'

/** What a token source writes into its store, as JSON: one grant, with all its tokens and what is being done about them. */
export interface TokenRecord {
  /** The version of this format. */
  readonly format: 1
  /** Whose grant it is: a record of another provider or client is refused. */
  readonly owner: string
  /** The login that began the grant. */
  readonly grant: string
  /** `dead` once the provider refused the refresh token: kept, and never used again. */
  readonly state: 'live' | 'dead'
  /** How often the grant was refreshed, and which attempt at the last refresh succeeded. */
  readonly generation: number
  readonly attempt: number
  /** The tokens of the grant, by what they are for; `''` is the one of the login. */
  readonly tokens: Readonly<Record<string, StoredToken>>
  /** A refresh under way: until the deadline, by the store's clock, nobody else may use the refresh token. */
  readonly intent?: RefreshIntent | undefined
  /** The last failure, which is not repeated before its time. */
  readonly failure?: RefreshFailure | undefined
}

/** A token and when it was obtained. */
export interface StoredToken {
  readonly token: TokenMembers
  /** Milliseconds since the epoch, by the clock of the process that obtained it. */
  readonly obtainedAt: number
  /** It came from elsewhere, so that its whole life is not known. */
  readonly adopted?: true | undefined
  /** An API refused it. */
  readonly refused?: true | undefined
  /** The refresh brought the same access token again, so trying early is of no use. */
  readonly repeated?: true | undefined
}

/** Who refreshes, which attempt it is, and until when; milliseconds of the store's clock. */
export interface RefreshIntent {
  readonly holder: string
  readonly attempt: number
  readonly deadline: number
}

/** What went wrong, how often in a row, and until when it is taken for granted; milliseconds of the store's clock. */
export interface RefreshFailure {
  readonly code: string
  readonly status?: number | undefined
  readonly count: number
  readonly until: number
}

const made = new WeakMap<StoredToken, Token>()

/** The token that was stored, made once. */
export function tokenFrom(stored: StoredToken): Token {
  const token = made.get(stored) ?? Token.from(stored.token)
  made.set(stored, token)
  return token
}

/** The token of a record for a purpose, where it has one. */
export function tokenOf(record: TokenRecord | undefined, purpose: string): Token | undefined {
  const stored = record?.tokens[purpose]
  return stored && tokenFrom(stored)
}

/** What a token of the record is for, unless it was refused already or is none of them. */
export function nameOfToken(record: TokenRecord, { accessToken }: Token): string | undefined {
  return Object.entries(record.tokens).find(
    ([, { token, refused }]) => !refused && token.accessToken === accessToken,
  )?.[0]
}

/** The record of a grant that is about to obtain its first token. */
export function newRecord(owner: string): TokenRecord {
  return { format: 1, owner, grant: crypto.randomUUID(), state: 'live', generation: 0, attempt: 0, tokens: {} }
}

/** Milliseconds after a login in which its token is as good as new. */
const justNow = 5 * 60_000

/** The record of a grant that begins with a token from a login, or from elsewhere and of unknown age. */
export function firstRecord(owner: string, token: Token, now: number): TokenRecord {
  const record = withToken(newRecord(owner), '', token, now)
  if (token.authorizedAt !== undefined && now - token.authorizedAt < justNow) return record
  return { ...record, tokens: { '': { ...(record.tokens[''] as StoredToken), adopted: true } } }
}

/** The record with a token that was just obtained. A rotated refresh token is the grant's, whatever the access token is for. */
export function withToken(record: TokenRecord, purpose: string, token: Token, now: number): TokenRecord {
  const { refreshToken, ...withoutRefresh } = token
  const members = purpose === '' ? { ...token } : withoutRefresh
  const repeated = record.tokens[purpose]?.token.accessToken === token.accessToken
  const stored: StoredToken = { token: members, obtainedAt: now, ...(repeated && { repeated }) }
  const living = Object.entries(record.tokens).filter(
    ([name, { token: other }]) => name === '' || (other.expiresAt ?? now) >= now,
  )
  const next: TokenRecord = {
    ...record,
    state: 'live',
    generation: record.generation + 1,
    attempt: record.intent?.attempt ?? 0,
    tokens: { ...Object.fromEntries(living), [purpose]: stored },
    intent: undefined,
    failure: undefined,
  }
  return purpose === '' || refreshToken === undefined ? next : withRefreshToken(next, refreshToken)
}

/** The record with the intent that another has. */
export function withIntentOf({ intent }: TokenRecord, record: TokenRecord): TokenRecord {
  return { ...record, intent }
}

/** The record with another refresh token, and all else as it was. */
export function withRefreshToken(record: TokenRecord, refreshToken: string): TokenRecord {
  const main = record.tokens['']
  return main
    ? { ...record, tokens: { ...record.tokens, '': { ...main, token: { ...main.token, refreshToken } } } }
    : record
}

/** Whether one record of a grant is behind another: refreshed less often, or by an earlier attempt at the same refresh. */
export function isBehind(record: TokenRecord, other: TokenRecord): boolean {
  return (
    record.generation < other.generation || (record.generation === other.generation && record.attempt < other.attempt)
  )
}

/** Writes a record. */
export function serialise(record: TokenRecord): string {
  return JSON.stringify(record)
}

/** Reads a record, and refuses what is none, or another's. Throws `store_failed` or `config_invalid`. */
export function parseRecord(text: string, owner: string): TokenRecord {
  const record = parse(text)
  if (typeof record !== 'object' || record === null || record.format !== 1 || typeof record.tokens !== 'object')
    throw new GrantError(
      'store_failed',
      'the store holds something that no token source wrote: it is kept, give the source another key',
      {
        action: 'fix_configuration',
      },
    )
  if (record.owner !== owner)
    throw new GrantError(
      'config_invalid',
      `the store holds a token of another provider or client under this key (${record.owner}): give each its own keys`,
    )
  return record
}

function parse(text: string): TokenRecord | undefined | null {
  try {
    return JSON.parse(text) as TokenRecord | null
  } catch {
    return undefined
  }
}
