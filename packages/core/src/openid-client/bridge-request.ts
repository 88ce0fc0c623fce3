import { GrantError } from '../errors/grant-error.ts'
import type { BackChannelRequest } from '../protocol/back-channel.ts'
import { reporter } from '../protocol/deviations/used.ts'
import type { BehindPort } from '../protocol/provider-port.ts'
import { fixedParameters, tokenEndpointOf } from '../protocol/token-request.ts'
import { load } from '../transport/load.ts'
import { placeOf } from '../transport/place.ts'
import type { RequestValues } from '../wire/form.ts'

/** What a request of openid-client needs on its way: the back channel, and the metadata that openid-client has. */
export interface Bridge extends Omit<BehindPort, 'verifier'> {
  readonly metadata: Readonly<Record<string, unknown>>
}

/** A form that openid-client sends. */
export interface SentForm {
  readonly url: string
  readonly form: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
}

/** The request of the back channel that a form of openid-client stands for. Rejects with `origin_not_allowed` for a URL that is not an endpoint. */
export async function requestOf(
  bridge: Bridge,
  { url, form, headers: { dpop } }: SentForm,
): Promise<BackChannelRequest> {
  const grantType = form.get('grant_type')
  const purpose = purposeOf(url, bridge, grantType === null ? 'form' : 'token')
  const request =
    grantType === null
      ? await otherRequest(bridge, { purpose, url: new URL(url), parameters: valuesOf(form) })
      : tokenRequest(bridge, grantType, form)
  return { ...request, ...(dpop !== undefined && { headers: { dpop } }) }
}

function tokenRequest({ context }: Bridge, grantType: string, form: URLSearchParams): BackChannelRequest {
  const { provider, client } = context
  const { redirect_uri: redirectUri, ...values } = valuesOf(form)
  return {
    purpose: grantType,
    isTokenRequest: true,
    url: tokenEndpointOf(provider, grantType),
    parameters: {
      ...fixedParameters(provider, grantType),
      ...values,
      redirect_uri: registered(client.redirectUris, redirectUri),
    },
  }
}

async function otherRequest({ context }: Bridge, request: BackChannelRequest): Promise<BackChannelRequest> {
  const { provider, client, emit } = context
  const { purpose, parameters } = request
  if (purpose !== 'revocation') return request
  const { revocationRequest } = await load(() => import('../protocol/revocation.ts'))
  return revocationRequest(parameters, { provider, clientId: client.clientId, used: reporter(emit, purpose) })
}

/** What is requested: a token, with a `grant_type`; anything else in a form; user information or keys, in a GET. */
type Kind = 'token' | 'form' | 'get'

/** The names in the metadata of the endpoints for each kind. A token request is known by its grant type, so that a server may have one URL for tokens and for something else. */
const endpoints: Readonly<Record<Kind, RegExp>> = {
  token: /^token_endpoint$/,
  form: /^(?!(?:token|authorization|userinfo)_endpoint$)\w+_endpoint$/,
  get: /^(?:userinfo_endpoint|jwks_uri)$/,
}

/** The endpoint that a URL is, by its name in the metadata. Throws `origin_not_allowed` for any other. */
export function purposeOf(url: string, { metadata }: Pick<Bridge, 'metadata'>, kind: Kind): string {
  const asked = new URL(url).href
  const isAsked = (value: unknown): boolean =>
    typeof value === 'string' && URL.canParse(value) && new URL(value).href === asked
  const found = Object.keys(metadata).find((name) => endpoints[kind].test(name) && isAsked(metadata[name]))
  if (found !== undefined) return found.replace(/_endpoint$/, '')
  throw new GrantError('origin_not_allowed', `${placeOf(url)} is not an endpoint of the metadata for such a request`)
}

/** The values of a form by name; a name that occurs more than once has an array. */
export function valuesOf(form: URLSearchParams): RequestValues {
  const valueOf = (name: string): string | readonly string[] => {
    const [first = '', ...more] = form.getAll(name)
    return more.length === 0 ? first : [first, ...more]
  }
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, valueOf(name)]))
}

/** The redirect URI as it is registered: openid-client takes it from the callback, without its query, and puts a slash after an origin. */
function registered(redirectUris: readonly string[], sent: RequestValues[string]): RequestValues[string] {
  return redirectUris.find((uri) => withEmptyQuery(uri) === sent) ?? sent
}

function withEmptyQuery(uri: string): string {
  const url = new URL(uri)
  url.search = ''
  return url.href
}
