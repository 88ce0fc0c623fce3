import { GrantError } from '../errors/grant-error.ts'
import type { ProofOfPossession } from '../protocol/proof-of-possession.ts'
import type { Token } from '../token/token.ts'
import { load } from '../transport/load.ts'
import { discard, orDiscard } from './discard.ts'
import type { Origins } from './origins.ts'
import type { ApiPresentation } from './presentation.ts'
import { type Hop, methodOf, nextHop, unseenRedirect } from './redirect.ts'
import { type ApiRequest, canBeReadTwice } from './request.ts'

/** A response, and whether the token was sent to where it comes from. */
export interface Received {
  readonly response: Response
  readonly presented: boolean
}

/** Sends requests with a token, to the origins of that token and no other. */
export class ApiSender {
  readonly #presentation: ApiPresentation
  readonly #fetch: typeof globalThis.fetch
  readonly #proofs: ProofOfPossession | undefined

  /** The proofs are those of the key that bound tokens are bound to, where there is one. */
  constructor(presentation: ApiPresentation, fetch: typeof globalThis.fetch, proofs?: ProofOfPossession) {
    this.#presentation = presentation
    this.#fetch = (input, init) => fetch(input, init) // the one of a browser refuses to be called as a method
    this.#proofs = proofs
  }

  /** Sends a request once, and follows redirects by itself, so that the token goes to its own origins only, in whatever header it travels. */
  async send({ url, init }: ApiRequest, token: Token): Promise<Received> {
    const origins = this.#presentation.originsFor(token, url.origin)
    let hop: Hop = { url, init, strange: false, count: 0 }
    for (;;) {
      const current = hop
      const response = await this.#hop(current, token)
      const next = follows(init) ? await orDiscard(response, () => nextHop(response, current, origins)) : undefined
      if (!next) return { response, presented: !current.strange && isOwn(response, origins) }
      discard(response)
      hop = next
    }
  }

  /** Sends one request, with the token unless it has left its origins, and with a proof where the token is bound to a key. */
  async #hop(hop: Hop, token: Token): Promise<Response> {
    const { url, init, strange } = hop
    if (strange) return this.#show(hop, new Headers(init.headers))
    const headers = this.#presentation.headers(init.headers, token)
    if (token.tokenType !== 'DPoP') return this.#show(hop, headers)
    if (!this.#proofs)
      throw new GrantError(
        'config_invalid',
        'the token is bound to a DPoP key, which this source does not carry: pass its `api` on, or { dpop: keyPair }',
      )
    const { sendProven } = await load(() => import('./proven-call.ts'))
    const { accessToken } = token
    const method = methodOf(init)
    return sendProven(this.#proofs, {
      request: { method, url: url.href, accessToken },
      replayable: canBeReadTwice(init.body),
      send: (proof) => {
        headers.set('dpop', proof)
        return this.#show({ ...hop, init: { ...init, method } }, headers)
      },
    })
  }

  /** Sends one request as it is. Where a browser does not show a redirect, it is asked to follow it. */
  async #show({ url, init }: Hop, headers: Headers): Promise<Response> {
    if (!follows(init)) return this.#fetch(url.href, { ...init, headers })
    const response = await this.#fetch(url.href, { ...init, headers, redirect: 'manual' })
    if (response.type !== 'opaqueredirect') return response
    return this.#fetch(url.href, unseenRedirect({ ...init, headers }))
  }
}

function follows({ redirect = 'follow' }: RequestInit): boolean {
  return redirect === 'follow'
}

/** Whether a response comes from where the token may go; where a browser has followed a redirect, its URL tells. */
function isOwn({ redirected, url }: Response, origins: Origins): boolean {
  return !redirected || origins.has(new URL(url).origin)
}
