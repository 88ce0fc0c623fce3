import { GrantError } from '@grantkit/core'
import type { Context } from '../context.ts'
import { deleteCookie, sessionCookie } from '../cookies/jar.ts'
import { isSameOrigin } from '../guards.ts'
import type { EndOptions } from '../options.ts'
import { showFailure } from '../pages/failure.ts'
import { showPage } from '../pages/page.ts'
import { plain, redirect } from '../responses.ts'
import { sessionContent, type SessionContent, tokensAt } from '../session.ts'
import { SessionRecord } from '../store/session-record.ts'
import { returnToOf, sweep } from './begin.ts'

/** Milliseconds that the provider has to revoke the tokens. */
const patience = 3000

/** Shows the button that logs out: a link, an image or a prefetch must not. */
export function askToEnd<Scope extends string, User>({ provider }: Context<Scope, User>): Response {
  const endpoint = provider.definition.metadata.end_session_endpoint
  const actions = `<form method="post"><button class="main">Log out</button></form>`
  const page = { title: 'Log out?', text: 'You can log in again at any time.', actions }
  const formAction = endpoint === undefined ? "'self'" : `'self' ${new URL(endpoint).origin}`
  return showPage(page, {
    formAction,
    headers: { 'referrer-policy': 'same-origin' }, // with no-referrer, the form would be sent with "Origin: null"
  })
}

/** Ends the session: its cookies and record first, then its tokens, then the session at the provider, where that can be. */
export async function endSession<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
  options: EndOptions = {},
): Promise<Response> {
  const { site, emit } = context
  if (request.method !== 'POST') return plain('A logout needs a POST.', 405, { allow: 'POST' })
  if (!isSameOrigin(request.headers, site.origin)) return plain('Only a page of the app itself can log out.', 403)
  const content = await sessionContent(context, request)
  const cookies = [...(await sweep(context, request, 0)), deleteCookie(site, sessionCookie(site))]
  try {
    const idToken = content && (await endTokens(context, content))
    if (content) emit({ type: 'logged_out' })
    return redirect(afterwards(context, idToken, options.returnTo), cookies)
  } catch (error) {
    const known =
      error instanceof GrantError ? error : new GrantError('store_failed', 'the logout failed', { cause: error })
    emit({ type: 'logout_failed', error: known })
    return showFailure(context, { error: known, request, cookies })
  }
}

/** Ends the session in the store, and resolves to the ID token of its login. Rejects with `store_failed`. */
async function endTokens<Scope extends string, User>(
  context: Context<Scope, User>,
  { id, key }: SessionContent<User>,
): Promise<string | undefined> {
  const { options, provider, emit } = context
  if (!options.store || !(await new SessionRecord(options.store, id).end())) return undefined
  const tokens = tokensAt(context, key)
  const idToken = (await tokens.peek())?.idToken
  const { revoke = options.key === undefined } = options
  if (!revoke) return idToken
  const canRevoke = provider.definition.metadata.revocation_endpoint !== undefined
  await tokens.clear({ revoke: canRevoke, signal: AbortSignal.timeout(patience) }).catch((error: unknown) => {
    if (!(error instanceof GrantError) || error.code === 'store_failed') throw error
    emit({ type: 'logout_failed', error }) // the tokens are deleted; the provider did not revoke them
  })
  return idToken
}

/** Where the user goes: to the provider's own logout, if it has one and knows who it is about, else back to the app. */
function afterwards<Scope extends string, User>(
  context: Context<Scope, User>,
  idToken: string | undefined,
  returnTo: string | undefined,
): string {
  const { provider, options } = context
  if (idToken === undefined || provider.definition.metadata.end_session_endpoint === undefined)
    return returnToOf(context, returnTo)
  return provider.logoutUrl({ idToken, returnTo: options.postLogoutRedirectUri }).href
}
