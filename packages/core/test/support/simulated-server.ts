import { someTime } from './clock.ts'

/** What a simulated server does with refresh tokens. */
export type RotationMode = 'strict' | 'grace' | 'static'

/** What becomes of one request: it does not arrive, its response does not, or the server says something else. */
export type Fault = 'lost request' | 'lost response' | 'hang' | Response

/** A response that a server gives instead of its own. */
export const json = (body: object, status = 400, headers = {}): Response => Response.json(body, { status, headers })

/**
 * An authorization server without a network, for tests that decide who moves when. `strict` revokes the whole grant when
 * a refresh token is used again, `grace` accepts the one before the latest, `static` never rotates.
 */
export class SimulatedServer {
  readonly mode: RotationMode
  /** The refresh tokens that were sent, in order, whether or not they arrived. */
  readonly used: string[] = []
  /** What happens to the next requests. */
  readonly faults: (Fault | undefined)[] = []
  revoked = false
  generation = 0
  reuses = 0
  /** The tokens that were revoked. */
  readonly revocations: string[] = []

  /** The time by the server's own clock, and when each access token expires by it; milliseconds since the epoch. */
  now = someTime
  readonly #expiries = new Map<string, number>()
  readonly #expiresIn: number

  /** Tokens are valid for so many seconds: an hour unless given. */
  constructor(mode: RotationMode, { expiresIn = 3600 }: { readonly expiresIn?: number } = {}) {
    this.mode = mode
    this.#expiresIn = expiresIn
  }

  /** When an access token expires, by the server's clock. */
  expiryOf(accessToken: string): number {
    return this.#expiries.get(accessToken) ?? 0
  }

  /** The refresh token that works now. */
  get refreshToken(): string {
    return this.mode === 'static' ? 'rt-0' : `rt-${this.generation}`
  }

  readonly fetch: typeof globalThis.fetch = async (url, init) => {
    const form = new URLSearchParams(String(init?.body))
    if (String(url).endsWith('/revoke')) {
      this.revocations.push(form.get('token') ?? '')
      return new Response()
    }
    const token = form.get('refresh_token') ?? ''
    this.used.push(token)
    const fault = this.faults.shift()
    if (fault === 'hang') return new Promise<Response>(() => {})
    if (fault === 'lost request') throw new TypeError('fetch failed')
    if (fault instanceof Response) return fault
    const answer = this.#redeem(token)
    if (fault === 'lost response') throw new TypeError('fetch failed')
    return answer
  }

  #redeem(token: string): Response {
    const known = this.mode === 'static' ? token === 'rt-0' : token === `rt-${this.generation}`
    const before = this.mode === 'grace' && token === `rt-${this.generation - 1}`
    if (!known && !before) {
      this.reuses += 1
      if (this.mode === 'strict') this.revoked = true
    }
    if (this.revoked || (!known && !before)) return Response.json({ error: 'invalid_grant' }, { status: 400 })
    this.generation += 1
    const rotated = this.mode === 'static' ? {} : { refresh_token: `rt-${this.generation}` }
    const accessToken = `at-${this.generation}`
    this.#expiries.set(accessToken, this.now + this.#expiresIn * 1000)
    return Response.json({ access_token: accessToken, token_type: 'Bearer', expires_in: this.#expiresIn, ...rotated })
  }
}
