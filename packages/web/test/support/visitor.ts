import { request } from 'node:http'

/** A response as a browser sees it. */
export interface View {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** Where it leads, if it does. */
  readonly location: string
  readonly text: string
  readonly setCookies: readonly string[]
}

/** What a tab of a browser sends when somebody opens a page. */
export const navigation = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }
/** What a form of the app's own page sends. */
export const ownForm = { ...navigation, 'sec-fetch-site': 'same-origin' }

/** A browser without a window: it keeps cookies, and follows no redirect by itself. */
export class Visitor {
  readonly origin: string
  readonly cookies = new Map<string, string>()
  /** Every `Set-Cookie` header that it has got. */
  readonly written: string[] = []

  constructor(url: string) {
    this.origin = new URL(url).origin
  }

  /** Opens a page. */
  open(path: string, headers: Readonly<Record<string, string>> = navigation): Promise<View> {
    return this.send(path, { headers })
  }

  /** Sends a form. */
  post(path: string, headers: Readonly<Record<string, string>> = ownForm): Promise<View> {
    return this.send(path, { method: 'POST', headers })
  }

  /** Sends any request, of which `path` goes as it is. */
  async send(path: string, { method = 'GET', headers = {} }: Sent): Promise<View> {
    const url = path.startsWith('http') ? path : this.origin + path
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const view = await exchange(this.origin, url.slice(this.origin.length), {
      method,
      headers: { ...(cookie && { cookie }), ...headers },
    })
    for (const header of view.setCookies) this.#keep(header)
    return view
  }

  /** The names of the cookies that begin so. */
  named(prefix: string): readonly string[] {
    return [...this.cookies.keys()].filter((name) => name.startsWith(prefix))
  }

  #keep(header: string): void {
    this.written.push(header)
    const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(header) ?? []
    if (/; Max-Age=0(;|$)/i.test(header)) this.cookies.delete(name)
    else this.cookies.set(name, value)
  }
}

/** What is sent beside the cookies. */
interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** One request: `fetch` would overwrite the headers that a browser adds. */
function exchange(origin: string, path: string, sent: Sent): Promise<View> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, agent: false, ...sent }, (response) => {
      const headers = new Headers()
      for (const [name, values = []] of Object.entries(response.headersDistinct))
        for (const value of values) headers.append(name, value)
      let text = ''
      response.setEncoding('utf8').on('data', (part: string) => void (text += part))
      response.on('end', () => {
        const location = headers.get('location') ?? ''
        const setCookies = headers.getSetCookie()
        resolve({ url: origin + path, status: response.statusCode ?? 0, headers, location, text, setCookies })
      })
    })
    asked.on('error', reject).end()
  })
}
