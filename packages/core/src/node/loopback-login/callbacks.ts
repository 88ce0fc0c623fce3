import type { ServerResponse } from 'node:http'
import type { Listener } from './listener.ts'
import type { LoopbackOptions } from './options.ts'
import { endPage, refusalPage } from './page.ts'
import type { PendingLogin, Verdict } from './pending-login.ts'
import { refusal } from './refusal.ts'

/** How a login shows itself. */
interface Appearance {
  readonly provider: string
  readonly page: LoopbackOptions['page']
}

/** The headers of every response: no caching, no resources, no scripts, no referrer. */
const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
}

/** Passes the requests at the redirect URI to a login, and shows each browser the outcome. Every other request gets a 4xx. */
export function respondToCallbacks(listener: Listener, login: PendingLogin, appearance: Appearance): void {
  listener.respond = async (request, response) => {
    const status = refusal(request, listener.redirectUri)
    if (status !== undefined) return send(response, [status, refusalPage(status)])
    send(response, pageFor(await login.offer(request.url ?? ''), appearance))
  }
}

function pageFor(verdict: Verdict, { provider, page }: Appearance): readonly [number, string] {
  if (verdict === 'stranger') return [400, refusalPage(400)]
  if (verdict === 'late') return [410, refusalPage(410)]
  const status = 'token' in verdict ? 200 : 400
  try {
    const own: unknown = page?.(verdict)
    if (typeof own === 'string') return [status, own]
  } catch {
    // the login is decided: a page that cannot be made does not change it
  }
  return [status, endPage(verdict, provider)]
}

function send(response: ServerResponse, [status, html]: readonly [number, string]): void {
  response.writeHead(status, { ...headers, ...(status === 405 && { allow: 'GET' }) }).end(html)
}
