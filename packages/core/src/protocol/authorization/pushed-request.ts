import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { parseUrl } from '../../definition/check/url.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import type { BackChannel, BackChannelResponse } from '../back-channel.ts'

const purpose = 'pushed_authorization_request'

/** Pushes an authorization request (RFC 9126 §2.1), and resolves to the reference to it. Rejects with a `GrantError`. */
export async function pushRequest(
  channel: BackChannel,
  { name, metadata }: ProviderDefinition,
  form: URLSearchParams,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { pushed_authorization_request_endpoint: endpoint } = metadata
  if (endpoint === undefined)
    throw new GrantError(
      'config_invalid',
      `${name} has no pushed_authorization_request_endpoint in its metadata: add it, or do not push`,
      { provider: name },
    )
  if (form.has('request_uri'))
    throw new GrantError('config_invalid', 'a request_uri cannot be pushed: it is what pushing results in')
  const parameters = Object.fromEntries([...form.keys()].map((field) => [field, form.getAll(field)]))
  return referenceIn(await channel.request({ purpose, url: new URL(endpoint), parameters, signal }))
}

/** The `request_uri` of a response, which has the status 201 and a lifetime (RFC 9126 §2.2). */
function referenceIn({ status, body, request }: BackChannelResponse): string {
  const fields = parseJson(body)
  const { request_uri: uri, expires_in: lifetime } = isObject(fields) ? fields : {}
  const broken = (what: string): GrantError => {
    const { provider, endpoint, secrets } = request
    const message = `the response of ${provider} to a pushed request at ${endpoint} breaks RFC 9126 §2.2: ${what}`
    return new GrantError('token_response_invalid', message, { provider, status, secrets: secrets() })
  }
  if (status !== 201) throw broken(`the status is ${status}, not 201`)
  if (!parseUrl(uri)) throw broken('request_uri is not a URI, or too long for a URL')
  if (typeof lifetime !== 'number' || !Number.isFinite(lifetime) || lifetime <= 0)
    throw broken('expires_in is not a positive number of seconds')
  return uri as string
}
