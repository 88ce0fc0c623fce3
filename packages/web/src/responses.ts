const always = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** What a response has beside its body. */
export interface ResponseParts {
  readonly status?: number
  readonly cookies?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
}

/** A response of ours: never cached, and its URL is never sent on as a referrer. */
export function respond(body: string | null, { status = 200, cookies = [], headers = {} }: ResponseParts): Response {
  const response = new Response(body, { status, headers: { ...always, ...headers } })
  for (const cookie of cookies) response.headers.append('set-cookie', cookie)
  return response
}

/** A redirect that is followed with GET, whatever the request was (RFC 9700 §4.12). */
export function redirect(location: string, cookies: readonly string[] = []): Response {
  return respond(null, { status: 303, cookies, headers: { location } })
}

/** A JSON response. */
export function json(body: unknown, status = 200): Response {
  return respond(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
}

/** A line of plain text, for requests that no user sees. */
export function plain(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Response {
  return respond(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })
}
