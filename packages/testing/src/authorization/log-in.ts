import { Visitor } from '../http/visitor.ts'
import type { View } from '../http/visitor.ts'
import type { LogInOptions } from '../authorization-server.ts'

/** Where a login happens. */
export interface LoginSite {
  readonly url: string
  /** The path of the authorization endpoint. */
  readonly authorizationPath: string
  /** Who logs in when nobody is named. */
  readonly defaultAccount: string
}

/** Walks through a login as a user with a browser does, up to the callback. */
export async function logIn(authorizationUrl: string, site: LoginSite, options: LogInOptions): Promise<string> {
  if (!isOwn(new URL(authorizationUrl), site))
    throw new Error(
      `${authorizationUrl} is not the authorization endpoint of this server, ${site.url + site.authorizationPath}`,
    )
  const visitor = new Visitor()
  return walk(visitor, await visitor.visit(authorizationUrl), site, options)
}

/** Goes from one page to the next until the browser would leave the server. */
async function walk(visitor: Visitor, view: View, site: LoginSite, options: LogInOptions): Promise<string> {
  const { url, status, location } = view
  if (location === undefined && status >= 400)
    throw new Error(`the server shows an error page (${status}): ${messageOf(view)}`)
  if (location === undefined) return walk(visitor, await visitor.visit(url, fillIn(view, site, options)), site, options)
  const next = new URL(location, url)
  return isOwn(next, site) ? walk(visitor, await visitor.visit(next.href), site, options) : location
}

function isOwn({ origin, pathname }: URL, { url, authorizationPath }: LoginSite): boolean {
  const own = pathname === authorizationPath || pathname.startsWith(`${authorizationPath}/`)
  return origin === url && (own || pathname.startsWith('/interaction/'))
}

/** What the user writes into the form of a page. */
function fillIn(
  { text }: View,
  site: LoginSite,
  { account = site.defaultAccount, deny, scope }: LogInOptions,
): URLSearchParams {
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
