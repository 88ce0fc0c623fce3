import { Pkce, type Transaction } from '@grantkit/core'
import type { Context } from '../context.ts'
import { randomId } from '../cookies/base64url.ts'
import { deleteCookie, loginCookie, loginPrefix, setCookie } from '../cookies/jar.ts'
import { readCookies } from '../cookies/read.ts'
import { isNavigation, isSameOrigin } from '../guards.ts'
import type { BeginOptions } from '../options.ts'
import { json, plain, redirect } from '../responses.ts'
import { resolveReturnTo } from '../return-to.ts'

/** What a login cookie holds. */
export interface PendingLogin {
  readonly transaction: Transaction
  /** An absolute URL. */
  readonly returnTo: string
  /** The ID of the session that the login leads to, so that two copies of one callback lead to the same session. */
  readonly session: string
}

/** How many logins a browser can have pending. */
const mostPending = 4

/** Redirects the user to the provider. */
export async function beginLogin<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
  options: BeginOptions<Scope> = {},
): Promise<Response> {
  const { options: defaults, provider, site, seals } = context
  const refused = refuse(context, request)
  if (refused) return refused
  const { scope = defaults.scope, parameters } = options
  const { url, transaction } = await provider.grant(Pkce).authorize({
    ...(scope && { scope }),
    parameters: { ...defaults.parameters, ...parameters },
  })
  const returnTo = returnToOf(context, options.returnTo)
  const pending: PendingLogin = { transaction, returnTo, session: randomId() }
  const name = await loginCookie(site, transaction.state)
  const maxAge = Math.ceil((transaction.expiresAt - transaction.createdAt) / 1000)
  const swept = await sweep(context, request, mostPending - 1)
  return redirect(url.href, [...swept, setCookie(site, name, { value: await seals.seal('login', pending), maxAge })])
}

/** Where the user is sent: what was asked for, if it is a page of the app, else home. */
export function returnToOf(
  { site, home, emit }: Pick<Context<string, unknown>, 'site' | 'home' | 'emit'>,
  asked: string | undefined,
): string {
  if (asked === undefined) return home
  const resolved = resolveReturnTo(asked, site)
  if (resolved === undefined) emit({ type: 'return_refused' })
  return resolved ?? home
}

function refuse<Scope extends string, User>({ site }: Context<Scope, User>, request: Request): Response | undefined {
  const { method, headers } = request
  if (method !== 'GET' && !isSameOrigin(headers, site.origin))
    return plain('Only the app itself can begin a login by a form.', 403)
  return isNavigation(headers) ? undefined : json({ login: site.origin + site.paths.login }, 401)
}

/** Deletes the cookies of logins that are over, and the oldest ones that are too many. */
export async function sweep<Scope extends string, User>(
  { site, seals, now }: Context<Scope, User>,
  request: Request,
  keep: number,
): Promise<string[]> {
  const names = [...readCookies(request)].filter(([name]) => name.startsWith(loginPrefix(site)))
  const opened = await Promise.all(
    names.map(async ([name, sealed]) => {
      const pending = (await seals.open('login', sealed)) as PendingLogin | undefined
      return { name, begunAt: pending && now() < pending.transaction.expiresAt ? pending.transaction.createdAt : 0 }
    }),
  )
  const over = opened
    .toSorted((a, b) => b.begunAt - a.begunAt)
    .filter(({ begunAt }, index) => begunAt === 0 || index >= keep)
  return over.map(({ name }) => deleteCookie(site, name))
}
