import { decodeEntities, fieldsOf, formActionOf, messageOf } from './read-page.ts'
import { Visitor } from '../http/visitor.ts'
import type { View } from '../http/visitor.ts'
import type { LogInOptions, LogOutOptions } from '../authorization-server.ts'
import { paths } from './paths.ts'

/** The server of a login. */
export interface LoginSite {
  readonly url: string
  /** The path of the authorization endpoint. */
  readonly authorizationPath: string
  /** The account that logs in by default. */
  readonly defaultAccount: string
  readonly browsers: Browsers
}

/** The browsers of the users. */
export class Browsers {
  readonly #named = new Map<string, Visitor>()
  /** The browser of the last login. */
  last: Visitor = new Visitor()

  /** The browser with a name, or a new one without a session. */
  open(name?: string): Visitor {
    const browser = (name === undefined ? undefined : this.#named.get(name)) ?? new Visitor()
    if (name !== undefined) this.#named.set(name, browser)
    this.last = browser
    return browser
  }
}

/** Performs a login like a user with a browser, up to the callback. */
export async function logIn(authorizationUrl: string, site: LoginSite, options: LogInOptions): Promise<string> {
  if (!isAuthorization(new URL(authorizationUrl), site))
    throw new Error(
      `${authorizationUrl} is not the authorization endpoint of this server, ${site.url + site.authorizationPath}`,
    )
  const visitor = site.browsers.open(options.browser)
  return walk({ visitor, site, options }, await visitor.visit(authorizationUrl))
}

/** Enters the code of a device, and logs in (RFC 8628 §3.3). */
export async function approveDevice(userCode: string, site: LoginSite, options: LogInOptions): Promise<void> {
  const visitor = site.browsers.open(options.browser)
  const page = site.url + paths.code_verification
  const { xsrf = '' } = fieldsOf(await visitor.visit(page))
  const view = await visitor.visit(page, new URLSearchParams({ xsrf, user_code: userCode }))
  if (!/id="op.deviceConfirmForm"/.test(view.text)) throw new Error(`the code is not accepted: ${messageOf(view)}`)
  const answer = options.deny === true ? { abort: 'yes' } : { confirm: 'yes' }
  const next = await visitor.visit(page, new URLSearchParams({ xsrf, user_code: userCode, ...answer }))
  if (options.deny !== true) await walk({ visitor, site, options }, next)
}

/** Opens a logout URL and confirms, up to the page where the browser ends up. */
export async function logOut(logoutUrl: string, site: LoginSite, { browser }: LogOutOptions): Promise<string> {
  const { origin, pathname } = new URL(logoutUrl)
  if (origin + pathname !== site.url + paths.end_session)
    throw new Error(`${logoutUrl} is not the logout endpoint of this server, ${site.url + paths.end_session}`)
  const visitor = browser === undefined ? site.browsers.last : site.browsers.open(browser)
  return walk({ visitor, site, options: {} }, await visitor.visit(logoutUrl))
}

interface Login {
  readonly visitor: Visitor
  readonly site: LoginSite
  readonly options: LogInOptions
}

/** Goes from page to page until the browser would leave the server, or there is nothing left to submit. */
async function walk(login: Login, view: View): Promise<string> {
  const { visitor, site } = login
  const { url, status, location } = view
  if (location !== undefined) {
    const next = new URL(location, url)
    return isOwn(next, site) ? walk(login, await visitor.visit(next.href)) : location
  }
  if (status >= 400) throw new Error(`the server shows an error page (${status}): ${messageOf(view)}`)
  const form = fillIn(view, login)
  if (form === undefined) return url
  const action = new URL(formActionOf(view) ?? url, url)
  if (isOwn(action, site)) return walk(login, await visitor.visit(action.href, form))
  return `${action.href}${action.search === '' ? '?' : '&'}${form}` // a response that is posted to the app
}

function isAuthorization({ origin, pathname }: URL, { url, authorizationPath }: LoginSite): boolean {
  return origin === url && (pathname === authorizationPath || pathname.startsWith(`${authorizationPath}/`))
}

/** Whether a page belongs to the server, not to an app. */
function isOwn(url: URL, site: LoginSite): boolean {
  const own = ['/interaction', paths.code_verification, paths.end_session]
  return (
    isAuthorization(url, site) ||
    (url.origin === site.url && own.some((path) => url.pathname === path || url.pathname.startsWith(`${path}/`)))
  )
}

/** The form that the user submits on a page; undefined if it has none. */
function fillIn(view: View, { site, options }: Login): URLSearchParams | undefined {
  const { account = site.defaultAccount, deny, scope } = options
  const { text } = view
  if (!text.includes('<form')) return undefined
  if (/name="prompt" value="login"/.test(text)) return new URLSearchParams({ login: account })
  if (/id="op.logoutForm"/.test(text)) return new URLSearchParams({ ...fieldsOf(view), logout: 'yes' })
  if (!/name="prompt" value="consent"/.test(text)) return new URLSearchParams(fieldsOf(view)) // it submits itself
  if (deny === true) return new URLSearchParams({ cancel: 'yes' })
  const offered = [...text.matchAll(/name="scope" value="([^"]*)"/g)].map(([, value = '']) => decodeEntities(value))
  return new URLSearchParams((scope ?? offered).map((name) => ['scope', name]))
}
