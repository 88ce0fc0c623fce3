import { randomUUID } from 'node:crypto'
import type { ProviderDefinition } from '@grantkit/core'
import { Refusal } from './refusal.ts'
import { hasGrant } from './rules.ts'

/** What a user has agreed to, or what a client got for itself. */
export interface Granted {
  readonly clientId: string
  readonly scope: readonly string[]
  /** Whether this is less than requested: then every response has to include the scope (RFC 6749 §5.1). */
  readonly narrowed: boolean
  readonly nonce: string | undefined
  /** Whether a user has agreed; only then refresh tokens are issued. */
  readonly user: boolean
}

/** An authorization code, and what has to be sent with it. */
export interface IssuedCode extends Granted {
  readonly redirectUri: string
  readonly challenge: string | undefined
}

/** The tokens of one response. */
export interface IssuedTokens {
  readonly granted: Granted
  readonly accessToken: string
  /** Undefined if the response has no refresh token. */
  readonly refreshToken: string | undefined
}

interface Family {
  readonly granted: Granted
  refreshToken: string
  refreshes: number
}

/** Everything that a provider stores about its grants. */
export class Ledger {
  readonly #codes = new Map<string, IssuedCode>()
  readonly #families = new Map<string, Family>()
  readonly #access = new Map<string, { readonly granted: Granted; readonly family: Family | undefined }>()
  readonly #rotation: 'always' | 'sometimes' | 'never'
  /** Instagram has no refresh tokens: an access token is its own. */
  readonly #oneToken: boolean
  readonly #refreshes: boolean

  constructor(definition: ProviderDefinition) {
    const { refreshToken, tokenResponse } = definition
    this.#refreshes = hasGrant(definition, 'refresh_token')
    this.#rotation = refreshToken?.rotation ?? 'sometimes'
    this.#oneToken = tokenResponse?.members?.refresh_token === 'access_token'
  }

  addCode(code: IssuedCode): string {
    const value = `simulated-code-${randomUUID()}`
    this.#codes.set(value, code)
    return value
  }

  /** Removes and returns a code: it works once (RFC 6749 §4.1.2). */
  takeCode(value: string | undefined): IssuedCode {
    const code = this.#codes.get(value ?? '')
    this.#codes.delete(value ?? '')
    if (!code) throw new Refusal('invalid_grant', 'the code is unknown or was already used')
    return code
  }

  /** The first tokens of a grant. */
  issue(granted: Granted): IssuedTokens {
    const accessToken = newToken('access')
    if (!granted.user || !this.#refreshes)
      return this.#note({ granted, accessToken, refreshToken: undefined }, undefined)
    const family: Family = { granted, refreshToken: this.#oneToken ? accessToken : newToken('refresh'), refreshes: 0 }
    this.#families.set(family.refreshToken, family)
    return this.#note({ granted, accessToken, refreshToken: family.refreshToken }, family)
  }

  /** Uses a refresh token. `sometimes` rotates it every other time, starting with the first. */
  refresh(refreshToken: string | undefined, clientId: string): IssuedTokens {
    const family = this.#families.get(refreshToken ?? '')
    if (!family || family.granted.clientId !== clientId)
      throw new Refusal('invalid_grant', 'the refresh token is unknown or was already used')
    const accessToken = newToken('access')
    const rotates =
      this.#oneToken || this.#rotation === 'always' || (this.#rotation === 'sometimes' && family.refreshes % 2 === 0)
    family.refreshes += 1
    if (!rotates) return this.#note({ granted: family.granted, accessToken, refreshToken: undefined }, family)
    this.#families.delete(family.refreshToken)
    family.refreshToken = this.#oneToken ? accessToken : newToken('refresh')
    this.#families.set(family.refreshToken, family)
    return this.#note({ granted: family.granted, accessToken, refreshToken: family.refreshToken }, family)
  }

  /** The grant of an access token; undefined if the token is not valid. */
  access(token: string): Granted | undefined {
    return this.#access.get(token)?.granted
  }

  /** Whether a refresh token is valid. */
  knowsRefreshToken(token: string): boolean {
    return this.#families.has(token)
  }

  /** Whether a token or code is valid. */
  isAlive(token: string): boolean {
    return this.#access.has(token) || this.#families.has(token) || this.#codes.has(token)
  }

  /** Invalidates one access token or code; a refresh token together with every access token of its grant. */
  invalidate(token: string): void {
    const family = this.#families.get(token)
    if (family) this.#invalidateFamily(family)
    this.#codes.delete(token)
    this.#access.delete(token)
  }

  /** Invalidates the whole grant of a token. */
  invalidateGrant(token: string): void {
    const family = this.#families.get(token) ?? this.#access.get(token)?.family
    if (family) this.#invalidateFamily(family)
    this.invalidate(token)
  }

  #invalidateFamily(family: Family): void {
    this.#families.delete(family.refreshToken)
    for (const [token, access] of this.#access) if (access.family === family) this.#access.delete(token)
  }

  #note(tokens: IssuedTokens, family: Family | undefined): IssuedTokens {
    this.#access.set(tokens.accessToken, { granted: tokens.granted, family })
    return tokens
  }
}

function newToken(kind: string): string {
  return `simulated-${kind}-${randomUUID()}`
}
