import type { Token } from '../token/token.ts'
import { discard, orDiscard } from './discard.ts'
import type { Origins } from './origins.ts'
import type { ApiPresentation } from './presentation.ts'
import { type Hop, nextHop, unseenRedirect } from './redirect.ts'
import type { ApiRequest } from './request.ts'

/** A response, and whether the token was sent to where it comes from. */
export interface Received {
  readonly response: Response
  readonly presented: boolean
}

/** Sends requests with a token, to the origins of that token and no other. */
export class ApiSender {
  readonly #presentation: ApiPresentation
  readonly #fetch: typeof globalThis.fetch

  constructor(presentation: ApiPresentation, fetch: typeof globalThis.fetch) {
    this.#presentation = presentation
    this.#fetch = fetch
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

  /** Sends one request, with the token unless it has left its origins. Where a browser does not show a redirect, it is asked to follow it. */
  async #hop({ url, init, strange }: Hop, token: Token): Promise<Response> {
    const headers = strange ? new Headers(init.headers) : this.#presentation.headers(init.headers, token)
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
