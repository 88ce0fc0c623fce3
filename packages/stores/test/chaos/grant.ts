import { type DpopKeyPair, Provider, Token, type TokenSource, type TokenStore } from '@grantkit/core'
import type { Fleet, FleetNews } from './fleet.ts'
import { accessTokenOf, type Family, type GrantServer, lifetime, type Rule, type Use } from './grant-server.ts'
import type { Timings } from './messages.ts'

/**
 * Why a grant was lost: a process was killed between the server's rotation and its own write, stopped there for longer
 * than others wait, or gave up before the response.
 */
export type Loss = 'crash' | 'pause' | 'answer'

/** Errors that a process may get while others are killed. */
const expected = new Set(['network_error', 'timeout', 'reauthorization_required', 'store_failed'])

/** A user of a fleet: one grant at a time, and what the processes report about it. */
export class Grant {
  readonly key: string
  readonly losses: Loss[] = []
  /** Violations. */
  readonly problems: string[] = []
  /** The number of each error. */
  readonly errors: Record<string, number> = {}
  /** The messages of failed store calls. */
  readonly storeFailures: string[] = []
  /** When each access token expires, as reported by the processes. */
  readonly ends: Map<string, number> = new Map()
  /** The processes that got a token. */
  readonly served: Set<number> = new Set()
  readonly #rule: Rule
  readonly #server: GrantServer
  readonly #fleet: Fleet
  readonly #tokens: TokenSource
  readonly #stored = new Set<string>()
  readonly #timings: Timings
  readonly #tokenType: 'Bearer' | 'DPoP'
  #family: Family | undefined

  constructor(key: string, rule: Rule, { server, fleet, store, timings, dpop }: GrantSurroundings) {
    this.#tokenType = dpop ? 'DPoP' : 'Bearer'
    this.key = key
    this.#rule = rule
    this.#server = server
    this.#fleet = fleet
    this.#timings = timings
    const provider = new Provider(
      { name: key, metadata: { token_endpoint: server.endpoint(key) } },
      { clientId: 'fleet' },
      { dpop },
    )
    this.#tokens = provider.tokenSource({ store, key })
    fleet.onNews((news) => this.#hear(news))
  }

  /** Every use of a refresh token of this user. */
  get uses(): readonly Use[] {
    return this.#server.families(this.key).flatMap(({ uses }) => uses)
  }

  /** The user logs in. */
  async logIn(): Promise<void> {
    const { refreshToken } = (this.#family = this.#server.logIn(this.key, this.#rule))
    const expiresAt = Date.now() + lifetime * 1000
    const accessToken = accessTokenOf(refreshToken)
    await this.#tokens.save(Token.from({ accessToken, tokenType: this.#tokenType, refreshToken, expiresAt }))
  }

  /** Waits until a process has a new token. */
  async refreshed(): Promise<void> {
    const known = new Set([...this.ends.keys(), ...this.uses.map(({ issued = '' }) => accessTokenOf(issued))])
    await this.#fleet.until(() => [...this.ends.keys()].some((token) => !known.has(token)))
  }

  #hear(news: FleetNews): void {
    if (!('key' in news) || news.key !== this.key) return
    if ('stored' in news) this.#stored.add(news.stored)
    if ('token' in news) {
      this.ends.set(news.token, news.expiresAt)
      this.served.add(news.worker)
    }
    if (!('error' in news)) return
    this.errors[news.error] = (this.errors[news.error] ?? 0) + 1
    if (news.error === 'store_failed') this.storeFailures.push(news.message)
    if (!expected.has(news.error)) this.#fleet.fail(`process ${news.worker} met with ${news.error}`)
    if (news.error === 'reauthorization_required') this.#lose()
  }

  /** Determines why a grant was lost and logs in again; later reports of the same loss are ignored. */
  #lose(): void {
    const refused = this.#family?.uses.find(({ issued }) => issued === undefined)
    if (!refused) {
      if (this.losses.length === 0) this.problems.push('a login was asked for although the server refused nothing')
      return
    }
    const loss = this.#causeOf(refused)
    if (loss) this.losses.push(loss)
    else this.problems.push(`the grant is lost: ${JSON.stringify(this.#family?.uses.slice(-3))}`)
    this.logIn().catch((error: unknown) => this.problems.push(String(error)))
  }

  #causeOf(refused: Use): Loss | undefined {
    const before = this.#family?.uses.find(({ refreshToken }) => refreshToken === refused.refreshToken)
    if (!before || before === refused || this.#stored.has(before.issued ?? '')) return undefined
    if (this.#fleet.killed.has(before.worker)) return 'crash'
    const { timeout, margin } = this.#timings
    const later = refused.sentAt - before.sentAt
    if (refused.worker === before.worker) return later >= timeout ? 'answer' : undefined
    return later >= timeout + margin ? 'pause' : undefined
  }
}

/** The surroundings of a grant. */
export interface GrantSurroundings {
  readonly server: GrantServer
  readonly fleet: Fleet
  readonly store: TokenStore
  readonly timings: Timings
  /** What the tokens are bound to. */
  readonly dpop?: DpopKeyPair
}
