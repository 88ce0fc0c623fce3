import { GrantError } from '../../errors/grant-error.ts'
import { quote, quoteUrl } from '../../errors/quote.ts'
import type { ProviderDefinition, RedirectUriRules } from '../provider-definition.ts'
import { isLoopback, isLoopbackLiteral, isSecure, parseUrl } from './url.ts'

/** Schemes that a browser runs or reads instead of handing them to an application. */
const dangerous = new Set([
  'javascript:',
  'data:',
  'vbscript:',
  'file:',
  'blob:',
  'about:',
  'filesystem:',
  'view-source:',
])

/**
 * Checks a redirect URI by RFC 6749 §3.1.2, RFC 8252 §7 and the provider's own rules. Throws `config_invalid` or
 * `insecure_url` with what to write instead; returns what the provider discourages, if anything.
 */
export function checkRedirectUri(definition: ProviderDefinition, uri: unknown): string | undefined {
  const complete = withScheme(uri)
  if (complete !== undefined) throw refused(`the redirect URI ${quote(uri)} has no scheme: write ${quote(complete)}`)
  const url = parseUrl(uri)
  const text = uri as string // anything else cannot be parsed
  if (!url)
    throw refused(
      `${quoteUrl(uri)} is not a valid redirect URI: write an absolute one such as "https://app.example/callback"`,
    )
  if (text.includes('#')) throw refused(`a redirect URI has no fragment: write "${text.slice(0, text.indexOf('#'))}"`)
  if (url.username !== '' || url.password !== '')
    throw refused('a redirect URI has no user information: write it without "user:password@"')
  if (dangerous.has(url.protocol)) throw refused(`a redirect URI cannot have the scheme "${url.protocol}": use https`)
  return url.protocol === 'https:' || url.protocol === 'http:'
    ? checkWeb(definition, url, text)
    : checkCustom(definition, url, text)
}

/** A host with a port parses as a scheme with a path: `localhost:3000/callback`. With the missing scheme added, it is what was meant. */
function withScheme(uri: unknown): string | undefined {
  if (typeof uri !== 'string' || !/^(?:[\w.-]+|\[[\da-f:]+\]):\d{1,5}(?:[/?]|$)/i.test(uri)) return undefined
  const url = parseUrl(`http://${uri}`)
  return url && `${isLoopback(url) ? 'http' : 'https'}://${uri}`
}

function checkWeb({ name, redirectUri: rules }: ProviderDefinition, url: URL, text: string): undefined {
  const { pathname, search } = url
  const byName = rules?.localhost === 'refused' && /^localhost\.?$/.test(url.hostname)
  const secure = `https://${byName ? url.host.replace(url.hostname, '127.0.0.1') : url.host}${pathname}${search}`
  if (rules?.loopback === 'refused' && url.protocol === 'http:' && isLoopback(url))
    throw refused(`${name} refuses http in "${text}": register and use "${secure}"`, rules)
  if (byName)
    throw refused(`${name} refuses "${text}": register and use "${secure.replace('https:', url.protocol)}"`, rules)
  if (isSecure(url)) return
  const local =
    rules?.loopback === 'refused'
      ? ''
      : `, or "http://127.0.0.1:${url.port || 8888}${pathname}${search}" for an app on the user's own machine`
  throw new GrantError('insecure_url', withHint(`"${text}" is not secure: use "${secure}"${local}`, rules))
}

function checkCustom({ name, redirectUri: rules }: ProviderDefinition, url: URL, text: string): string | undefined {
  if (rules?.customScheme === 'refused')
    throw refused(`${name} refuses the custom scheme of "${text}": use an https URL that your app claims`, rules)
  if (rules?.customScheme === 'discouraged')
    return `${name} discourages the custom scheme of "${text}": use an https URL that your app claims`
  if (!url.protocol.includes('.'))
    return `another app can claim "${url.protocol}": use a reversed domain that you own, such as "com.example.app:" (RFC 8252 §7.1)`
  return undefined
}

function refused(message: string, rules?: RedirectUriRules): GrantError {
  return new GrantError('config_invalid', withHint(message, rules))
}

/** Adds what the provider does with a wrong redirect URI: most show a page of their own, and nothing reaches the application. */
export function withHint(message: string, { hint }: RedirectUriRules = {}): string {
  return hint === undefined ? message : `${message}; ${hint}`
}

/**
 * Picks one of the registered redirect URIs: the first, or the one asked for. On a loopback literal any port will do,
 * because the operating system chooses it (RFC 8252 §7.3); a path below the registered one does where the provider's
 * rules say so. Throws `config_invalid`.
 */
export function pickRedirectUri(
  registered: readonly string[],
  wanted: string | undefined,
  rules?: RedirectUriRules,
): string {
  const [first] = registered
  if (first === undefined)
    throw refused(`the client has no redirect URI: write { clientId, redirectUri: 'https://app.example/callback' }`)
  if (wanted === undefined || registered.includes(wanted)) return wanted ?? first
  if (registered.some((uri) => mayBecome(uri, wanted, rules))) return wanted
  throw refused(
    `${quote(wanted)} is not among the client's redirect URIs: add it to redirectUri, exactly as it is registered`,
  )
}

function mayBecome(registered: string, wanted: string, rules: RedirectUriRules | undefined): boolean {
  const [a, b] = [parseUrl(registered), parseUrl(wanted)]
  if (!a || !b || wanted.includes('#')) return false
  if (isLoopbackLiteral(a) && isLoopback(b)) a.port = b.port = ''
  else if (rules?.paths !== 'below') return false
  if (rules?.paths === 'below' && b.pathname.startsWith(a.pathname.replace(/\/?$/, '/'))) b.pathname = a.pathname
  return a.href === b.href
}
