import type { TokenAnswer } from '../contenders/program.ts'
import { prepare, type Prepared } from './json-answer.ts'

/** How the token of a herd expires: the client knows when, the API refuses it at once, some callers learn of it late, or there was no token yet. */
export type HerdScenario = 'known' | 'refused' | 'late' | 'cold'

/** What the server has seen of a herd. */
export interface HerdRecord {
  readonly tokenRequests: number
  readonly revoked: boolean
  /** The one refresh token that still works. */
  readonly liveRefreshToken: string | undefined
}

const refusedRefresh = prepare(400, { error: 'invalid_grant' })
const unauthorized = prepare(401, { error: 'invalid_token' })

/** One grant, whose refresh token rotates with every use: an old one that is used again revokes everything (RFC 9700 §4.14.2). */
export class HerdScene {
  readonly #scenario: HerdScenario
  readonly #refused: string
  readonly #accepted = new Set<string>()
  #generation = 0
  #live: string | undefined
  #revoked = false
  #tokenRequests = 0
  #calls = 0

  constructor(scenario: HerdScenario) {
    this.#scenario = scenario
    this.#live = scenario === 'cold' ? undefined : this.#refreshToken()
    this.#refused = this.#accessToken()
  }

  /** What the herd begins with. */
  get first(): TokenAnswer | undefined {
    return this.#live === undefined ? undefined : this.#answer(this.#refused, this.#live)
  }

  get record(): HerdRecord {
    const liveRefreshToken = this.#revoked ? undefined : this.#live
    return { tokenRequests: this.#tokenRequests, revoked: this.#revoked, liveRefreshToken }
  }

  /** The response to a refresh, or to a request of the application for itself. */
  token(form: URLSearchParams): Prepared {
    this.#tokenRequests += 1
    this.#generation += 1
    if (form.get('grant_type') === 'client_credentials') return this.#issue()
    if (this.#revoked || form.get('refresh_token') !== this.#live) return this.#revoke()
    this.#live = this.#refreshToken()
    return this.#issue(this.#live)
  }

  /** Whether the API lets a call pass, and the milliseconds that it takes to say no. */
  call(authorization: string | undefined): { readonly refusal?: Prepared; readonly delay: number } {
    const token = authorization?.replace('Bearer ', '') ?? ''
    this.#calls += 1
    if (!this.#revoked && this.#accepted.has(token)) return { delay: 0 }
    const late = this.#scenario === 'late' && token === this.#refused
    return { refusal: unauthorized, delay: late ? (this.#calls * 7) % 300 : 0 }
  }

  #issue(refreshToken?: string): Prepared {
    const accessToken = this.#accessToken()
    this.#accepted.add(accessToken)
    return prepare(200, this.#answer(accessToken, refreshToken))
  }

  #revoke(): Prepared {
    this.#revoked = true
    return refusedRefresh
  }

  #accessToken(): string {
    return `access-${this.#generation}`
  }

  #refreshToken(): string {
    return `refresh-${this.#generation}`
  }

  #answer(accessToken: string, refreshToken: string | undefined): TokenAnswer {
    return {
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: 3600,
      ...(refreshToken !== undefined && { refresh_token: refreshToken }),
    }
  }
}
