import type { RefreshTokenRotation } from '../authorization-server-options.ts'
import type { Adapter } from 'oidc-provider'

type Payload = Record<string, unknown>
const revocable: readonly string[] = ['AccessToken', 'RefreshToken', 'AuthorizationCode', 'ClientCredentials']

/**
 * The storage of one server. oidc-provider's default storage is shared by every server of the process and deletes
 * expired tokens, so a test could not distinguish an expired token from an unknown one.
 */
export class Storage {
  rotation: RefreshTokenRotation
  readonly #models = new Map<string, Map<string, Payload>>()
  readonly #revoked = new Set<string>()
  /** The refresh token that was used last, by grant. */
  readonly #used = new Map<unknown, string>()

  constructor(rotation: RefreshTokenRotation) {
    this.rotation = rotation
  }

  /** The adapter of a model, as oidc-provider requires it. */
  adapter(model: string): Adapter {
    const rows = this.#rows(model)
    const findBy = async (key: string, value: string): Promise<Payload | undefined> =>
      structuredClone([...rows.values()].find((payload) => payload[key] === value))
    return {
      upsert: async (id, payload) => void rows.set(id, structuredClone(payload)),
      find: async (id) => this.#find(rows.get(id), id),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      consume: async (id) => this.#consume(rows.get(id), id),
      destroy: async (id) => this.#remove(rows, id),
      revokeByGrantId: async (grantId) => this.#revoke(grantId),
    }
  }

  /** Whether a token existed and was revoked. */
  wasRevoked(token: string): boolean {
    return this.#revoked.has(token)
  }

  /** Makes a token expire now. */
  expire(token: string): void {
    const { payload } = this.#locate(token)
    payload['exp'] = Math.floor(Date.now() / 1000) - 1
  }

  /** Removes the grant of a token with all its tokens. */
  revokeGrant(token: string): void {
    const { model, payload } = this.#locate(token)
    const grantId = payload['grantId']
    if (typeof grantId !== 'string') return this.#remove(this.#rows(model), token) // client credentials have no grant
    this.#revoke(grantId)
    this.#rows('Grant').delete(grantId)
  }

  /** In grace mode, the refresh token that was used last counts as unused and can be used again. */
  #find(payload: Payload | undefined, id: string): Payload | undefined {
    if (payload === undefined) return undefined
    const { consumed, ...unused } = structuredClone(payload)
    const forgiven = this.rotation === 'grace' && this.#used.get(payload['grantId']) === id
    return consumed === undefined || forgiven ? unused : { ...unused, consumed }
  }

  #consume(payload: Payload | undefined, id: string): void {
    if (payload === undefined) return
    payload['consumed'] = Math.floor(Date.now() / 1000)
    if (payload['kind'] === 'RefreshToken') this.#used.set(payload['grantId'], id)
  }

  #revoke(grantId: string): void {
    for (const rows of revocable.map((model) => this.#rows(model)))
      for (const [id, payload] of rows) if (payload['grantId'] === grantId) this.#remove(rows, id)
  }

  #remove(rows: Map<string, Payload>, id: string): void {
    if (rows === this.#rows('RefreshToken')) this.#revoked.add(id)
    rows.delete(id)
  }

  #locate(token: string): { model: string; payload: Payload } {
    for (const model of revocable) {
      const payload = this.#rows(model).get(token)
      if (payload !== undefined) return { model, payload }
    }
    throw new Error('unknown token: the server never issued it or has already revoked it')
  }

  #rows(model: string): Map<string, Payload> {
    const rows = this.#models.get(model) ?? new Map<string, Payload>()
    this.#models.set(model, rows)
    return rows
  }
}
