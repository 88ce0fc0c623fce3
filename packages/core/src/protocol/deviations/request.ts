import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import type { GrantDeviations, RevocationDeviations } from '../../definition/request-deviations.ts'
import { parseUrl } from '../../definition/check/url.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { deviate, separateScopes } from './parameters.ts'
import type { Used } from './used.ts'

/** A request that is not encoded yet. The client has authenticated. */
export interface Draft {
  readonly url: URL
  readonly headers: Headers
  readonly body: URLSearchParams
}

/** A request as it is sent. */
export interface Outgoing {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

type DeclaredRequest = Omit<GrantDeviations & RevocationDeviations, 'method'> & {
  readonly method?: Outgoing['method']
}

/** What a definition declares for the requests of one grant, and in which field. */
export interface RequestRules {
  readonly deviations: DeclaredRequest
  readonly scopeSeparator: string | undefined
  readonly place: (field: string) => string
}

/** What a request is for. */
export interface RequestPurpose {
  /** The grant type of a token request, or the endpoint by its name, such as `revocation`: its declared deviations are found under it. */
  readonly purpose: string
  /** Whether it is a token request: no other request deviates as `tokenRequest` says, and no other response as `tokenResponse` does. */
  readonly isTokenRequest?: boolean
}

/** The rules for a request. Those of a single grant take precedence. */
export function requestRules(
  { tokenRequest, grants, revocation, scopeSeparator }: ProviderDefinition,
  { purpose, isTokenRequest = false }: RequestPurpose,
): RequestRules {
  if (purpose === 'revocation')
    return {
      deviations: (revocation ?? {}) as DeclaredRequest,
      scopeSeparator,
      place: (field) => `revocation.${field}`,
    }
  const own: GrantDeviations = grants?.[purpose] ?? {}
  return {
    deviations: { ...(isTokenRequest && tokenRequest), ...own },
    scopeSeparator,
    place: (field) => (field in own ? `grants.${purpose}.${field}` : `tokenRequest.${field}`),
  }
}

/** Whether a definition can describe the response, and its hooks are run: both are for token requests and revocation. */
export function isDescribed({ purpose, isTokenRequest = false }: RequestPurpose): boolean {
  return isTokenRequest || purpose === 'revocation'
}

/** Changes the parameters and headers of a request as declared. */
export function deviateRequest(
  { url, headers, body }: Draft,
  { deviations, scopeSeparator, place }: RequestRules,
  used: Used,
): Draft {
  const { grantType, endpoint } = deviations
  const pairs = [...body].map(([name, value]): [string, string] => {
    if (name !== 'grant_type' || grantType === undefined) return [name, value]
    used(place('grantType'))
    return [name, grantType]
  })
  if (endpoint !== undefined) used(place('endpoint'))
  if (deviations.headers) used(place('headers'))
  for (const [name, value] of Object.entries(deviations.headers ?? {})) headers.set(name, value)
  const changed = deviate(separateScopes(pairs, scopeSeparator, used), deviations, { place, used })
  return { url, headers, body: new URLSearchParams(changed.map(([name, value]) => [name, value])) }
}

/** Writes a request as declared: a form by default. */
export function encodeRequest(
  { url, headers, body }: Draft,
  { deviations, place }: RequestRules,
  used: Used,
): Outgoing {
  const { method = 'POST', encoding } = deviations
  if (method !== 'POST') used(place('method'))
  if (encoding !== undefined) used(place('encoding'))
  if (method === 'GET' || encoding === 'query') {
    for (const [name, value] of body) url.searchParams.append(name, value)
    headers.delete('content-type')
    return { url: url.href, method, headers: Object.fromEntries(headers) }
  }
  if (body.size === 0) headers.delete('content-type')
  else if (encoding === 'json') headers.set('content-type', 'application/json')
  const sent = { url: url.href, method, headers: Object.fromEntries(headers) }
  if (body.size === 0) return sent
  return { ...sent, body: encoding === 'json' ? JSON.stringify(jsonOf(body)) : body.toString() }
}

/** A name that occurs more than once becomes an array. */
function jsonOf(body: URLSearchParams): Record<string, string | string[]> {
  const names = [...new Set(body.keys())]
  return Object.fromEntries(
    names.map((name) => {
      const [first = '', ...rest] = body.getAll(name)
      return [name, rest.length === 0 ? first : [first, ...rest]]
    }),
  )
}

/** What the provider sent for this user before: values of the callback, extra fields of the token. */
export type Said = Readonly<Record<string, unknown>>

/** Where a request goes: to the host that the callback named for this user, if the definition declares that it does. Throws `origin_not_allowed`. */
export function hostFor(
  url: URL,
  { provider, said = {} }: { readonly provider: ProviderDefinition; readonly said?: Said | undefined },
  used: Used,
): URL {
  const { name, callback } = provider
  const { parameter, hosts = [] } = callback?.tokenHost ?? {}
  const named = parameter === undefined ? undefined : said[parameter]
  if (named === undefined) return url
  const host = parseUrl(named)?.hostname ?? named
  if (typeof host !== 'string' || !hosts.includes(host))
    throw new GrantError(
      'origin_not_allowed',
      `the callback of ${name} names a token endpoint at a host that the definition does not list`,
      { provider: name },
    )
  if (host !== url.hostname) used('callback.tokenHost')
  url.hostname = host
  return url
}
