import type { GrantError } from '@grantkit/core'
import type { Context } from '../context.ts'
import { loginUrl } from '../login-url.ts'
import { link, showPage } from './page.ts'
import { wordsFor } from './words.ts'

/** A failure, and where it happened. */
export interface Failed {
  readonly error: GrantError
  readonly request: Request
  /** Where the login was to lead. */
  readonly returnTo?: string
  readonly cookies?: readonly string[]
}

/** Shows what went wrong and where to go next: the app's own page, if it has one. */
export async function showFailure<Scope extends string, User>(
  { options: { failure }, site, home }: Context<Scope, User>,
  { error, request, returnTo, cookies = [] }: Failed,
): Promise<Response> {
  const { status, title, text } = wordsFor(error)
  const next = loginUrl(site, returnTo)
  if (!failure) {
    const actions = `<div class="actions">${link(next, 'Log in again', 'main')}${link(home, 'Go to the start page')}</div>`
    return showPage({ title, text, actions }, { status, cookies })
  }
  const response = await failure({ error, status, next }, request)
  const headers = new Headers(response.headers)
  headers.set('cache-control', 'no-store') // the address has a code, and the response may have cookies
  headers.set('referrer-policy', 'no-referrer')
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return new Response(response.body, { status: response.status, headers })
}
