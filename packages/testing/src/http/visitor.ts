import { request as http } from 'node:http'
import { request as https } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { readBody } from './record.ts'

/** A response as a visitor sees it. */
export interface View {
  readonly url: string
  readonly status: number
  /** The `Location` header, unchanged. */
  readonly location: string | undefined
  readonly text: string
}

/** A minimal browser: keeps cookies (RFC 6265), follows no redirects, and works when a test has replaced `fetch`. */
export class Visitor {
  readonly #cookies = new Map<string, { readonly pair: string; readonly path: string }>()
  readonly #headers: Readonly<Record<string, string>>

  constructor(headers: Readonly<Record<string, string>> = {}) {
    this.#headers = headers
  }

  /** Opens a page, or submits a form to it. */
  async visit(url: string, form?: URLSearchParams): Promise<View> {
    const response = await this.#exchange(url, form)
    for (const cookie of response.headers['set-cookie'] ?? []) this.#keep(cookie)
    const text = (await readBody(response)).toString()
    return { url, status: response.statusCode ?? 0, location: response.headers.location, text }
  }

  #exchange(url: string, form: URLSearchParams | undefined): Promise<IncomingMessage> {
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const cookie = this.#cookiesFor(new URL(url).pathname)
    const headers = { ...this.#headers, accept: 'text/html, text/plain;q=0.9', cookie, ...type }
    return new Promise((resolve, reject) => {
      const options = { method: form === undefined ? 'GET' : 'POST', headers, agent: false }
      // every page is on this machine, where no certificate is needed to know who serves it
      const sent = url.startsWith('https:') ? https(url, { ...options, rejectUnauthorized: false }) : http(url, options)
      sent.on('response', resolve).on('error', reject).end(form?.toString())
    })
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
    const path = attributes.find((part) => /^path=/i.test(part))?.slice('path='.length) ?? '/'
    const key = `${pair.slice(0, pair.indexOf('='))} ${path}`
    if (attributes.some((part) => /^expires=thu, 01 jan 1970/i.test(part))) this.#cookies.delete(key)
    else this.#cookies.set(key, { pair, path })
  }

  #cookiesFor(pathname: string): string {
    const fitting = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path))
    return fitting.map(({ pair }) => pair).join('; ')
  }
}
