import { send, type View } from './send.ts'

/** A browser, as far as a server's own API needs one: it keeps cookies, and follows no redirects. */
export class Session {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  /** Sends a request with the cookies so far; `body` is sent as JSON. Fails the test if the server refuses it. */
  async send(method: string, path: string, body?: object): Promise<View> {
    const view = await this.visit(path, { method, ...(body && { json: body }) })
    if (view.status >= 400) throw new Error(`${method} ${path}: ${view.status} ${view.text}`)
    return view
  }

  /** Sends a request with the cookies so far, and shows what comes back. */
  async visit(to: string | URL, options: { method?: string; json?: object } = {}): Promise<View> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const view = await send(new URL(to, this.#origin), { ...options, headers: cookie === '' ? {} : { cookie } })
    for (const line of view.cookies) {
      const [name = '', value = ''] = line.split(';')[0]?.split(/=(.*)/s) ?? []
      this.#cookies.set(name, value)
    }
    return view
  }
}
