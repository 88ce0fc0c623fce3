import { Visitor } from '../http/visitor.ts'
import type { View } from '../http/visitor.ts'
import type { LogInOptions } from '../authorization-server.ts'

/** The server of a login. */
export interface LoginSite {
  readonly url: string
  /** The path of the authorization endpoint. */
  readonly authorizationPath: string
  /** The account that logs in by default. */
  readonly defaultAccount: string
}

/** Performs a login like a user with a browser, up to the callback. */
export async function logIn(authorizationUrl: string, site: LoginSite, options: LogInOptions): Promise<string> {
  if (!isOwn(new URL(authorizationUrl), site))
    throw new Error(
      `${authorizationUrl} is not the authorization endpoint of this server, ${site.url + site.authorizationPath}`,
    )
  const visitor = new Visitor()
  return walk({ visitor, site, options }, await visitor.visit(authorizationUrl))
}

interface Login {
  readonly visitor: Visitor
  readonly site: LoginSite
  readonly options: LogInOptions
}

/** Goes from page to page until the browser would leave the server. */
async function walk(login: Login, view: View): Promise<string> {
  const { visitor, site } = login
  const { url, status, location } = view
  if (location === undefined && status >= 400)
    throw new Error(`the server shows an error page (${status}): ${messageOf(view)}`)
  if (location === undefined) return walk(login, await visitor.visit(url, fillIn(view, login)))
  const next = new URL(location, url)
  return isOwn(next, site) ? walk(login, await visitor.visit(next.href)) : location
}

function isOwn({ origin, pathname }: URL, { url, authorizationPath }: LoginSite): boolean {
  const own = pathname === authorizationPath || pathname.startsWith(`${authorizationPath}/`)
  return origin === url && (own || pathname.startsWith('/interaction/'))
}

/** The form that the user submits on a page. */
function fillIn({ text }: View, { site, options }: Login): URLSearchParams {
  const { account = site.defaultAccount, deny, scope } = options
  if (/name="prompt" value="login"/.test(text)) return new URLSearchParams({ login: account })
  if (deny === true) return new URLSearchParams({ cancel: 'yes' })
  const offered = [...text.matchAll(/name="scope" value="([^"]*)"/g)].map(([, value = '']) => decodeEntities(value))
  return new URLSearchParams((scope ?? offered).map((name) => ['scope', name]))
}

function messageOf({ text }: View): string {
  const [, message = text] = /<h1>[^<]*<\/h1>\s*<p>([^<]*)<\/p>/.exec(text) ?? []
  return decodeEntities(message)
}

function decodeEntities(markup: string): string {
  return markup.replace(/&(?:quot|#39|lt|gt|amp);/g, (entity) => characters[entity] ?? entity)
}

const characters: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
}
