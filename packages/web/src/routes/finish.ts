import { authorizedFetch, GrantError, type IdTokenClaims, Pkce, type Token } from '@grantkit/core'
import type { Context } from '../context.ts'
import { deleteCookie, loginCookie, sessionCookie, setCookie } from '../cookies/jar.ts'
import { readCookies } from '../cookies/read.ts'
import { isNavigation } from '../guards.ts'
import { showFailure } from '../pages/failure.ts'
import { json, redirect } from '../responses.ts'
import { readSession, sessionContent, type SessionContent, tokensAt } from '../session.ts'
import type { Subject } from '../store/logout-marks.ts'
import { SessionRecord } from '../store/session-record.ts'
import { queryOf, targetOf } from '../target.ts'
import { type PendingLogin, sweep } from './begin.ts'

/** A pending login, the cookie that held it, and the callback that came back for it. */
interface Returned {
  readonly name: string
  readonly pending: PendingLogin
  readonly request: Request
}

/** Redeems the code of a callback, begins the session, and redirects the user to where they wanted to go. */
export async function finishLogin<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
): Promise<Response> {
  const { site } = context
  if (!isNavigation(request.headers)) return json({ login: site.origin + site.paths.login }, 401)
  const found = await pendingLogin(context, request)
  if (!found) return withoutLogin(context, request)
  const returned = { ...found, request }
  try {
    return await complete(context, returned)
  } catch (error) {
    return failed(context, error, returned)
  }
}

/** The login that a callback belongs to: the one in the cookie that is named by its state. */
async function pendingLogin<Scope extends string, User>(
  { site, seals }: Context<Scope, User>,
  request: Request,
): Promise<Omit<Returned, 'request'> | undefined> {
  const [state, ...more] = queryOf(request, 'state')
  if (state === undefined || more.length > 0) return undefined
  const name = await loginCookie(site, state)
  const sealed = readCookies(request).get(name)
  const pending = sealed === undefined ? undefined : ((await seals.open('login', sealed)) as PendingLogin | undefined)
  return pending && { name, pending }
}

/** A callback that was used, by a reload or the back button, or that another browser began. */
async function withoutLogin<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
): Promise<Response> {
  if (await readSession(context, request)) return redirect(context.home)
  const error = new GrantError('state_mismatch', 'this browser has no pending login for the callback', {
    provider: context.provider.name,
  })
  context.emit({ type: 'login_failed', error })
  return showFailure(context, { error, request })
}

/** A failure that may pass keeps the login, so that a reload can complete it. */
async function failed<Scope extends string, User>(
  context: Context<Scope, User>,
  error: unknown,
  { name, pending, request }: Returned,
): Promise<Response> {
  const known =
    error instanceof GrantError ? error : new GrantError('api_error', 'the option "user" failed', { cause: error })
  context.emit({ type: 'login_failed', error: known })
  const cookies = known.action === 'retry' && known.code !== 'store_failed' ? [] : [deleteCookie(context.site, name)]
  return showFailure(context, { error: known, request, returnTo: pending.returnTo, cookies })
}

async function complete<Scope extends string, User>(
  context: Context<Scope, User>,
  { name, pending, request }: Returned,
): Promise<Response> {
  const { provider, site, emit } = context
  const token = await provider.grant(Pkce).requestToken(targetOf(request).search, pending.transaction)
  const content = await sessionFor(context, token, pending.session)
  const cookie = await sealedSession(context, content)
  await keep(context, content, token)
  await endPrevious(context, request, content)
  emit({ type: 'logged_in' })
  const swept = await sweep(context, request, Infinity)
  return redirect(pending.returnTo, [...swept, deleteCookie(site, name), cookie])
}

/** Asks the app who the user is, and when the session ends. */
async function sessionFor<Scope extends string, User>(
  { options, provider, lifetime, now }: Context<Scope, User>,
  token: Token,
  id: string,
): Promise<SessionContent<User>> {
  const unrefreshable = token.with({ refreshToken: undefined }) // a refresh here would lose the token that the store gets
  const source = provider.tokenSource({ token: unrefreshable })
  const fetch: typeof globalThis.fetch = async (...call) => authorizedFetch(source)(...call) // some providers have no API
  const user = await options.user({ token, fetch, provider: provider.name })
  const own = options.key?.({ user, provider: provider.name })
  const ends = [now() + lifetime * 1000, token.refreshExpiresAt, milliseconds(token.claims?.['session_expiry'])]
  return {
    id,
    user,
    provider: provider.name,
    key: own === undefined ? `web:${id}/${provider.name}` : `${own}/${provider.name}`,
    ...(token.claims && { subject: subjectOf(token.claims) }),
    authenticatedAt: milliseconds(token.claims?.auth_time) ?? now(),
    expiresAt: Math.min(...ends.filter((end) => end !== undefined)),
  }
}

function subjectOf({ iss, sub, ...claims }: IdTokenClaims): Subject {
  const { sid } = claims as { readonly sid?: unknown }
  return { iss, sub, ...(typeof sid === 'string' && { sid }) }
}

function milliseconds(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds * 1000 : undefined
}

async function sealedSession<Scope extends string, User>(
  { site, seals, now }: Context<Scope, User>,
  content: SessionContent<User>,
): Promise<string> {
  const maxAge = Math.floor((content.expiresAt - now()) / 1000)
  return setCookie(site, sessionCookie(site), { value: await seals.seal('session', content), maxAge })
}

/** Keeps the tokens before the session that needs them. */
async function keep<Scope extends string, User>(
  context: Context<Scope, User>,
  { id, key, expiresAt }: SessionContent<User>,
  token: Token,
): Promise<void> {
  const { store } = context.options
  if (!store) return
  await tokensAt(context, key).save(token)
  await new SessionRecord(store, id).begin(expiresAt - context.now())
}

/** Ends the session that the browser had before, so that its cookie is worth nothing (session fixation). */
async function endPrevious<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
  { id, key }: SessionContent<User>,
): Promise<void> {
  const { store } = context.options
  const previous = store && (await sessionContent(context, request))
  if (!previous || previous.id === id) return
  await new SessionRecord(store, previous.id).end()
  if (previous.key !== key && previous.key.startsWith(`web:${previous.id}/`))
    await tokensAt(context, previous.key).clear()
}
