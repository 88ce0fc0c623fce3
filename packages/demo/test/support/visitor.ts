/** A response as a browser sees it. */
export interface View {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  /** Where it is sent, if it is. */
  readonly location: string
  readonly text: string
}

/** A browser without a window: keeps cookies, presses buttons, and follows no redirect by itself. */
export class Visitor {
  readonly origin: string
  readonly cookies = new Map<string, string>()

  constructor(url: string) {
    this.origin = new URL(url).origin
  }

  /** Opens a page. */
  async open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<View> {
    return this.#send(path, { headers })
  }

  /** Presses the button of a page whose form has this action. */
  async press({ text }: View, action: string, headers: Readonly<Record<string, string>> = {}): Promise<View> {
    const [, form] = new RegExp(`<form method="post" action="${action}">(.*?)</form>`, 's').exec(text) ?? []
    if (form === undefined) throw new Error(`the page has no form for ${action}:\n${text}`)
    const fields = [...form.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    return this.post(action, new URLSearchParams(fields), headers)
  }

  /** Sends a form. */
  async post(path: string, body: URLSearchParams, headers: Readonly<Record<string, string>> = {}): Promise<View> {
    return this.#send(path, { method: 'POST', body, headers })
  }

  async #send(path: string, init: RequestInit): Promise<View> {
    const url = new URL(path, this.origin).href
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...(init.headers as Record<string, string>), ...(cookie && { cookie }) }
    const response = await fetch(url, { ...init, headers, redirect: 'manual' })
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]*)=([^;]*)/.exec(set) ?? []
      this.cookies.set(name, value)
    }
    const location = response.headers.get('location') ?? ''
    return { url, status: response.status, headers: response.headers, location, text: await response.text() }
  }
}
