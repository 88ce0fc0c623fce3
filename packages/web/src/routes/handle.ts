import { GrantError } from '@grantkit/core'
import type { Context } from '../context.ts'
import { isNavigation, isPrefetch, isSameOrigin } from '../guards.ts'
import { loginUrl } from '../login-url.ts'
import { showFailure } from '../pages/failure.ts'
import { json, plain } from '../responses.ts'
import { readSession } from '../session.ts'
import type { RouteName } from '../site.ts'
import { queryOf, targetOf } from '../target.ts'
import { endElsewhere } from './backchannel.ts'
import { beginLogin } from './begin.ts'
import { askToEnd, endSession } from './end.ts'
import { finishLogin } from './finish.ts'

const methods: Readonly<Record<RouteName, readonly string[]>> = {
  login: ['GET', 'POST'],
  callback: ['GET'],
  logout: ['GET', 'POST'],
  session: ['GET'],
  backchannel: ['POST'],
}

/** Responds to a request for one of the routes; it never rejects. */
export async function handle<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
): Promise<Response> {
  const route = routeAt(context, targetOf(request).path)
  if (!route) return plain('Not found.', 404)
  if (isPrefetch(request.headers)) return plain('A login is not fetched in advance.', 503) // after a 204, Chromium ignores the click
  if (!methods[route].includes(request.method))
    return plain('This method is not allowed.', 405, { allow: methods[route].join(', ') })
  try {
    return await respondAt(context, request, route)
  } catch (error) {
    const known =
      error instanceof GrantError ? error : new GrantError('api_error', 'the login failed', { cause: error })
    context.emit({ type: route === 'logout' ? 'logout_failed' : 'login_failed', error: known })
    return showFailure(context, { error: known, request }).catch(() => plain('The login failed.', 500))
  }
}

function routeAt({ site: { paths } }: Pick<Context<string, unknown>, 'site'>, path: string): RouteName | undefined {
  return (Object.keys(paths) as RouteName[]).find((name) => paths[name] === path)
}

function respondAt<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
  route: RouteName,
): Promise<Response> | Response {
  if (route === 'callback') return finishLogin(context, request)
  if (route === 'session') return showSession(context, request)
  if (route === 'backchannel') return endElsewhere(context, request)
  const returnTo = returnToIn(request)
  if (route === 'login') return beginLogin(context, request, { returnTo })
  if (request.method === 'POST') return endSession(context, request, { returnTo })
  return isNavigation(request.headers) ? askToEnd(context) : plain('A logout needs a POST.', 405, { allow: 'POST' })
}

/** The return-to value of a query; one that stands there twice leads to the default page. */
function returnToIn(request: Request): string | undefined {
  const [first, ...more] = queryOf(request, 'returnTo')
  return more.length > 0 ? '' : first
}

/** Who is logged in, for scripts of the app itself. */
async function showSession<Scope extends string, User>(
  context: Context<Scope, User>,
  request: Request,
): Promise<Response> {
  const { site } = context
  if (!isSameOrigin(request.headers, site.origin)) return plain('Only a page of the app itself can ask.', 403)
  const session = await readSession(context, request)
  if (!session) return json({ login: loginUrl(site) }, 401)
  const { user, provider, expiresAt } = session
  return json({ user, provider, expiresAt })
}
