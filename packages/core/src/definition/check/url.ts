import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'

const longestUrl = 4096

/** Whether a host is this machine: `localhost`, `127.0.0.0/8` or `[::1]`, compared as a parsed host (RFC 8252 §7.3). */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || isLoopbackLiteral(url)
}

/** Whether a host is a loopback IP literal, which no name resolution can lead elsewhere (RFC 8252 §8.3). */
export function isLoopbackLiteral(url: URL): boolean {
  return url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname)
}

/** Whether nobody can read a request to this URL in transit: https, or http that stays on this machine or goes to a host that the user named. */
export function isSecure(url: URL, httpHosts: readonly string[] = []): boolean {
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && (isLoopback(url) || httpHosts.includes(hostWithPort(url)))
}

/** A host with its port, such as `keycloak:80`. */
export function hostWithPort({ hostname, port }: URL): string {
  return `${hostname}:${port || 80}`
}

/** How a URL of a server is checked. */
export interface UrlRules {
  /** The code of every error but `insecure_url`. */
  readonly code?: GrantErrorCode | undefined
  /** Hosts with their port to which plain http is allowed besides loopback. */
  readonly httpHosts?: readonly string[] | undefined
}

/** Parses an absolute URL as it was written. Undefined where the parser would drop or replace something: white space, control characters, lone surrogates. */
export function parseUrl(text: unknown): URL | undefined {
  if (typeof text !== 'string' || text.length > longestUrl) return undefined
  if (/[\s\p{Cc}\p{Surrogate}]/u.test(text)) return undefined
  return URL.canParse(text) ? new URL(text) : undefined
}

/**
 * Checks a URL of an authorization server: absolute, https (or http on this machine), without fragment and user
 * information. Throws `insecure_url`, or `code` for everything else.
 */
export function checkServerUrl(
  what: string,
  text: unknown,
  { code = 'metadata_invalid', httpHosts }: UrlRules = {},
): URL {
  const url = parseUrl(text)
  if (!url)
    throw new GrantError(code, `${what} is not a valid URL: write an absolute one such as "https://id.example/${what}"`)
  if (url.username !== '' || url.password !== '')
    throw new GrantError(code, `${what} holds user information: write it without "user:password@"`)
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new GrantError(code, `${what} has the scheme "${url.protocol}": write an https URL`)
  if (!isSecure(url, httpHosts))
    throw new GrantError(
      'insecure_url',
      `${what} "${url.origin}" is not secure: use https; http is for loopback addresses, and for hosts in the option httpHosts`,
    )
  if (String(text).includes('#'))
    throw new GrantError(code, `${what} has a fragment: write it without "#…" (RFC 6749 §3)`)
  return url
}

const ours: ReadonlySet<string> = new Set(
  (
    'client_id client_secret client_assertion redirect_uri response_type scope state nonce code code_verifier ' +
    'code_challenge code_challenge_method grant_type refresh_token token token_type_hint request request_uri'
  ).split(' '),
)

/** Checks the query of an endpoint: a request has each parameter once (RFC 6749 §3.1). Throws `config_invalid`. */
export function checkQuery(what: string, endpoint: string | undefined): void {
  if (endpoint === undefined) return
  const twice = [...new URL(endpoint).searchParams.keys()].find((name) => ours.has(name))
  if (twice === undefined) return
  const message = `${what} has the parameter "${twice}" in its query: remove it, the library sends its own (RFC 6749 §3.1)`
  throw new GrantError('config_invalid', message)
}
