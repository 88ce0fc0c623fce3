import type { Clock, ProviderDefinition } from '@grantkit/core'
import { type FaultyRequest, type Reply, startFaultServer } from '@grantkit/testing/server'
import { onTestFinished } from 'vitest'
import { boundToken, readProof } from './dpop.ts'
import { keepSecret, watch } from './oracle.ts'

/** A server of tokens and an API in one process, at two origins, that believe nothing without a fresh proof. */
export interface DpopServer {
  readonly definition: ProviderDefinition
  /** A route of the API. */
  readonly url: string
  /** What was wrong with requests, without the nonces that were only missing or old. */
  readonly faults: string[]
  /** How often a proof had no nonce, or an old one. */
  readonly asked: { token: number; api: number }
  /** How many requests were served. */
  readonly served: { token: number; api: number }
}

/** Milliseconds for which a nonce is good. */
const lifeOfNonce = 30 * 60_000
/** Seconds by which a proof may be older or younger than now. */
const leeway = 60

/** Starts a server whose nonces change every half hour of the clock, for as long as the test runs. */
export async function dpopServer(clock: Pick<Clock, 'now'>): Promise<DpopServer> {
  const [tokens, api] = await Promise.all([origin(), origin()])
  const owners = new Map<string, string>()
  const faults: string[] = []
  const served = { token: 0, api: 0 }
  const server = new Guard('as', clock)
  const resource = new Guard('rs', clock)
  const asked = {
    get token() {
      return server.asked
    },
    get api() {
      return resource.asked
    },
  }
  let issued = 0
  await tokens.reply('/token', async (request) => {
    const { form = {} } = request
    const verdict = await server.judge(request, `${tokens.url}/token`)
    if ('reply' in verdict) return { status: 400, ...verdict.reply }
    const { thumbprint } = verdict
    const owner = owners.get(form['refresh_token'] ?? '')
    if (form['grant_type'] === 'refresh_token' && owner !== thumbprint)
      faults.push('the refresh token is not of this key')
    const n = (issued += 1)
    const token = boundToken(n, { refresh_token: `canary-refresh-${n}` })
    owners.set(`canary-bound-${n}`, thumbprint).set(`canary-refresh-${n}`, thumbprint)
    served.token += 1
    return { json: token, headers: { 'DPoP-Nonce': server.nonce } }
  })
  await api.reply('/v1/me', async (request) => {
    const [scheme, token = ''] = (request.headers['authorization'] ?? '').split(' ')
    if (scheme !== 'DPoP') faults.push(`the scheme is ${scheme}`)
    const verdict = await resource.judge(request, `${api.url}/v1/me`, token)
    if ('reply' in verdict) return { ...verdict.reply, status: 401 }
    if (owners.get(token) !== verdict.thumbprint) faults.push('the token is not of this key')
    served.api += 1
    return { json: { id: 'ada' }, headers: { 'DPoP-Nonce': resource.nonce } }
  })
  const definition = {
    name: 'acme',
    metadata: { token_endpoint: `${tokens.url}/token` },
    apiOrigins: [api.url],
  }
  const all = (): string[] => [...faults, ...server.faults, ...resource.faults]
  return {
    definition,
    url: `${api.url}/v1/me`,
    served,
    asked,
    get faults() {
      return all()
    },
  }
}

async function origin() {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  return watch(server)
}

type Verdict = { readonly thumbprint: string } | { readonly reply: Reply }

/** Judges the proofs of one origin (RFC 9449 §4.3), whose nonces are its own. */
class Guard {
  readonly faults: string[] = []
  asked = 0
  readonly #name: string
  readonly #clock: Pick<Clock, 'now'>
  readonly #seen = new Set<string>()

  constructor(name: string, clock: Pick<Clock, 'now'>) {
    this.#name = name
    this.#clock = clock
  }

  get nonce(): string {
    return `${this.#name}-${Math.floor(this.#clock.now() / lifeOfNonce)}`
  }

  async judge(request: FaultyRequest, htu: string, token?: string): Promise<Verdict> {
    const { claims, thumbprint } = await readProof(request)
    const ath = token === undefined ? undefined : await hashOf(token)
    const expected = { htu, htm: request.method, ath }
    for (const [name, value] of Object.entries(expected))
      if (claims[name as keyof typeof claims] !== value)
        this.faults.push(`${name} is ${claims[name as keyof typeof claims]}`)
    if (Math.abs(claims.iat - this.#clock.now() / 1000) > leeway) this.faults.push('iat is not now')
    if (this.#seen.has(claims.jti)) this.faults.push('a proof is there twice')
    this.#seen.add(claims.jti)
    const { nonce } = claims
    if (nonce !== undefined && !nonce.startsWith(this.#name)) this.faults.push('the nonce is of another server')
    if (nonce === this.nonce) return { thumbprint }
    this.asked += 1
    return { reply: this.#challenge() }
  }

  #challenge(): Reply {
    const error = 'use_dpop_nonce'
    return { json: { error }, headers: { 'DPoP-Nonce': this.nonce, 'WWW-Authenticate': `DPoP error="${error}"` } }
  }
}

async function hashOf(token: string): Promise<string> {
  keepSecret(token)
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return Buffer.from(hash).toString('base64url')
}
