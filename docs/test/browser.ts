/** Sends a request to an app, and follows no redirect. */
export type Send = (request: Request) => Promise<Response>

/** A browser that visits one app: it keeps cookies, and sends forms as browsers do. */
export class Browser {
  readonly #send: Send
  readonly #home: string
  readonly #cookies: Map<string, string>

  constructor(send: Send, home: string, cookies: ReadonlyMap<string, string> = new Map()) {
    this.#send = send
    this.#home = home
    this.#cookies = new Map(cookies)
  }

  /** Opens a page of the app. */
  open(path: string): Promise<Response> {
    return this.#exchange(new Request(new URL(path, this.#home), { headers: this.#headers() }))
  }

  /** Sends an empty form. */
  submit(path: string): Promise<Response> {
    const headers = { ...this.#headers(), 'content-type': 'application/x-www-form-urlencoded' }
    return this.#exchange(new Request(new URL(path, this.#home), { method: 'POST', headers }))
  }

  /** Another browser: with the cookies that this one has now, or with none. */
  other({ cookies }: { readonly cookies: 'same' | 'none' }): Browser {
    return new Browser(this.#send, this.#home, cookies === 'same' ? this.#cookies : new Map())
  }

  #headers(): Record<string, string> {
    const pairs = [...this.#cookies].map(([name, value]) => `${name}=${value}`)
    return pairs.length > 0 ? { cookie: pairs.join('; ') } : {}
  }

  async #exchange(request: Request): Promise<Response> {
    const response = await this.#send(request)
    for (const line of response.headers.getSetCookie()) this.#keep(line)
    return response
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
    const name = pair.slice(0, pair.indexOf('='))
    if (attributes.some((part) => /^(?:max-age=0$|expires=thu, 01 jan 1970)/i.test(part))) this.#cookies.delete(name)
    else this.#cookies.set(name, pair.slice(name.length + 1))
  }
}
