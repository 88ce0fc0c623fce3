import type { HttpResponse } from '../http/response.ts'
import { Visitor } from '../http/visitor.ts'
import type { SimulatedUser } from '../simulated-provider.ts'
import type { AuthorizationResponse } from './authorize.ts'

/** Sends the browser back: by a redirect, or by a form that submits itself (OAuth 2.0 Form Post Response Mode). */
export function callbackPage({ redirectUri, parameters, formPost }: AuthorizationResponse): HttpResponse {
  if (formPost) return { status: 200, headers: { 'content-type': 'text/html' }, body: form(redirectUri, parameters) }
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${parameters.toString()}`
  return { status: 302, headers: { location }, body: '' }
}

function form(action: string, parameters: URLSearchParams): string {
  const inputs = [...parameters].map(([name, value]) => `<input name="${escape(name)}" value="${escape(value)}">`)
  return `<form method="post" action="${escape(action)}">${inputs.join('')}</form>`
}

/** Opens an authorization URL as a browser does. Resolves to the request that arrives at the redirect URI. */
export async function openInBrowser(url: URL, user: SimulatedUser): Promise<Request> {
  const said = JSON.stringify({ ...user, hash: url.hash })
  const view = await new Visitor({ 'x-simulated-user': said }).visit(url.href)
  if (view.location !== undefined) return new Request(view.location)
  if (view.status !== 200) throw new Error(`the provider shows an error page (${view.status}): ${view.text}`)
  const [, action = ''] = /action="([^"]*)"/.exec(view.text) ?? []
  const inputs = [...view.text.matchAll(/name="([^"]*)" value="([^"]*)"/g)]
  const body = new URLSearchParams(inputs.map(([, name = '', value = '']) => [unescape(name), unescape(value)]))
  return new Request(unescape(action), { method: 'POST', body })
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}

function unescape(markup: string): string {
  return markup.replaceAll('&lt;', '<').replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}
