/** The most origins whose nonces are kept: those of one provider and its APIs are few. */
const mostOrigins = 100

/** `1*NQCHAR` (RFC 9449 §8.1), and not so long that a proof would outgrow what servers take of a header. */
const usable = /^[\u0021\u0023-\u005B\u005D-\u007E]{1,1024}$/

/** The last nonce of each origin: one of an authorization server is not for an API, nor the other way round (RFC 9449 §9). */
export class DpopNonces {
  readonly #byOrigin = new Map<string, string>()

  /** The nonce for a request to a URL. */
  of(url: string): string | undefined {
    return this.#byOrigin.get(new URL(url).origin)
  }

  /** Keeps the nonce of a response, be it a success or not (RFC 9449 §8.2); whether there was one that can be used. */
  remember(url: string, headers: Pick<Headers, 'get'>): boolean {
    const nonce = headers.get('dpop-nonce')
    if (nonce === null || !usable.test(nonce)) return false
    const { origin } = new URL(url)
    this.#byOrigin.delete(origin)
    this.#byOrigin.set(origin, nonce)
    const [oldest = ''] = this.#byOrigin.keys()
    if (this.#byOrigin.size > mostOrigins) this.#byOrigin.delete(oldest)
    return true
  }
}
