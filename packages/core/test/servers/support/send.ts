/** What a server sent back. */
export interface View {
  readonly status: number
  /** The `Location` header, unchanged. */
  readonly location: string | undefined
  readonly headers: Headers
  /** The `Set-Cookie` headers. */
  readonly cookies: readonly string[]
  readonly text: string
}

/** A request of the test itself, which asks Grantkit for nothing. */
export interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: object
  readonly form?: Readonly<Record<string, string>>
}

/** Sends a request; follows no redirect. */
export async function send(url: string | URL, { method, headers, json, form }: Sent = {}): Promise<View> {
  const body = json ? JSON.stringify(json) : form && new URLSearchParams(form)
  const response = await fetch(url, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...headers, ...(json && { 'content-type': 'application/json' }) },
    redirect: 'manual',
    ...(body !== undefined && { body }),
  })
  return {
    status: response.status,
    location: response.headers.get('location') ?? undefined,
    headers: response.headers,
    cookies: response.headers.getSetCookie(),
    text: await response.text(),
  }
}
