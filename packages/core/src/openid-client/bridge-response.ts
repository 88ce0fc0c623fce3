import type { BackChannelRequest, BackChannelResponse } from '../protocol/back-channel.ts'
import type { NormalisedResponse } from '../protocol/deviations/error.ts'
import { isError, readOAuthError } from '../protocol/oauth-error.ts'
import type { OAuthResponse } from '../transport/transport.ts'

/** A response of the back channel, for openid-client to read. */
export function responseOf(response: BackChannelResponse, { isTokenRequest = false }: BackChannelRequest): Response {
  if (isError(response)) return errorResponse(response)
  const { status, headers } = response
  const type = isTokenRequest ? json : { 'content-type': headers.get('content-type') }
  return new Response(bodyOf(response), { status, headers: { ...keptOf(response), ...present(type) } })
}

/** A response as it came. */
export function passedOn(response: OAuthResponse): Response {
  return new Response(bodyOf(response), { status: response.status, headers: new Headers([...response.headers]) })
}

/** An OAuth error as RFC 6749 §5.2 has it, whatever shape it came in; a challenge beside it would hide it from openid-client. */
function errorResponse(response: NormalisedResponse): Response {
  const oauth = readOAuthError(response)
  if (!oauth) return passedOn(response)
  const { status, means = oauth.error } = response
  const body = { error: means, error_description: oauth.errorDescription, error_uri: oauth.errorUri }
  return Response.json(body, { status: Math.max(status, 400), headers: keptOf(response) })
}

const json = { 'content-type': 'application/json' }

/** What openid-client reads of the headers beside the content type. */
function keptOf({ headers }: OAuthResponse): Record<string, string> {
  return present({ 'retry-after': headers.get('retry-after'), 'dpop-nonce': headers.get('dpop-nonce') })
}

function present(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
}

/** Responses with some statuses may not have a body (Fetch Standard §2.2.3). */
function bodyOf({ status, body }: OAuthResponse): string | null {
  return status === 204 || status === 205 || status === 304 ? null : body
}
