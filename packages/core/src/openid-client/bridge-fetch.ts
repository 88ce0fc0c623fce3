import type { CustomFetch } from 'openid-client'
import { GrantError } from '../errors/grant-error.ts'
import type { BackChannel, BackChannelContext } from '../protocol/back-channel.ts'
import type { NormalisedResponse } from '../protocol/deviations/error.ts'
import { isError, readOAuthError } from '../protocol/oauth-error.ts'
import { placeOf } from '../transport/place.ts'
import { send } from '../transport/send.ts'
import type { OAuthResponse } from '../transport/transport.ts'
import type { RequestValues } from '../wire/form.ts'

/** The fetch of a configuration: it sends to the endpoints of one provider, as that wants it, and answers as the standards have it. */
export function bridgeFetch(channel: BackChannel, context: BackChannelContext): CustomFetch {
  return async (url, { method, headers, body, signal }) => {
    const request = { url, method, headers, signal: signal ?? undefined }
    if (method === 'POST' && body instanceof URLSearchParams) return post(channel, context, { ...request, form: body })
    return get(context, request)
  }
}

interface Asked {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

async function post(
  channel: BackChannel,
  { provider }: BackChannelContext,
  { url, headers, signal, form }: Asked & { readonly form: URLSearchParams },
): Promise<Response> {
  const grantType = form.get('grant_type')
  const purpose = grantType ?? purposeOf(url, provider.metadata)
  const { parameters: fixed, grants } = provider
  const added = grantType === null ? {} : { ...fixed?.token, ...grants?.[grantType]?.parameters }
  const { dpop } = headers
  const response = await channel.send({
    purpose,
    url: new URL(grants?.[purpose]?.endpoint ?? url),
    parameters: { ...added, ...valuesOf(form) },
    ...(dpop !== undefined && { headers: { dpop } }),
    signal,
  })
  return isError(response) ? errorResponse(response) : successResponse(response)
}

/** User information and keys: read as they come, because their errors stand in the challenge. */
async function get({ provider, transport }: BackChannelContext, { url, headers, signal }: Asked): Promise<Response> {
  purposeOf(url, provider.metadata)
  const request = { url, method: 'GET', headers, maxBytes: transport.limits.keys } as const
  const { authorization = '' } = headers
  const secrets = authorization === '' ? [] : [authorization.slice(authorization.indexOf(' ') + 1)]
  const received = await send(transport, request, { signal, secrets })
  return new Response(bodyOf(received), { status: received.status, headers: new Headers([...received.headers]) })
}

/** The endpoint that a URL is, by its name in the metadata. Throws `origin_not_allowed` for any other. */
function purposeOf(url: string, metadata: Readonly<Record<string, unknown>>): string {
  const found = Object.entries(metadata).find(([, value]) => value === url)?.[0]
  if (found !== undefined && (found.endsWith('_endpoint') || found === 'jwks_uri'))
    return found.replace(/_endpoint$/, '')
  throw new GrantError('origin_not_allowed', `${placeOf(url)} is not an endpoint of the metadata: add it there`)
}

/** A name that is there more than once becomes an array. */
function valuesOf(form: URLSearchParams): RequestValues {
  return Object.fromEntries([...new Set(form.keys())].map((name) => [name, form.getAll(name)]))
}

const kept = ['retry-after', 'dpop-nonce']

/** An OAuth error as RFC 6749 §5.2 has it, whatever shape it came in; a challenge beside it would hide it from openid-client. */
function errorResponse(response: NormalisedResponse): Response {
  const { status, headers, means } = response
  const oauth = readOAuthError(response)
  if (!oauth) return new Response(bodyOf(response), { status, headers: new Headers([...headers]) })
  const body = { error: means ?? oauth.error, error_description: oauth.errorDescription, error_uri: oauth.errorUri }
  return Response.json(body, { status: status >= 400 ? status : 400, headers: keptOf(response) })
}

function successResponse(response: NormalisedResponse): Response {
  const headers = { ...keptOf(response), 'content-type': 'application/json' }
  return new Response(bodyOf(response), { status: response.status, headers })
}

function keptOf({ headers }: OAuthResponse): Record<string, string> {
  const found = kept.map((name): [string, string | null] => [name, headers.get(name)])
  return Object.fromEntries(found.filter((header): header is [string, string] => header[1] !== null))
}

/** No body may stand beside some statuses (Fetch Standard §2.2.3). */
function bodyOf({ status, body }: OAuthResponse): string | null {
  return status === 204 || status === 205 || status === 304 ? null : body
}
