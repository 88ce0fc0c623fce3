import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { withoutPrototypes } from '../token/plain.ts'
import type { RequestValues } from '../wire/form.ts'
import { isObject, parseJson } from '../wire/json.ts'
import type { BackChannel, BackChannelResponse } from './back-channel.ts'

/** A request of a grant to an endpoint other than the token endpoint. */
export interface EndpointRequest {
  /** Its name in the metadata, such as `device_authorization_endpoint`. */
  readonly endpoint: string
  readonly parameters: RequestValues
  readonly signal?: AbortSignal | undefined
}

/** Makes an authenticated POST to an endpoint of the metadata, and resolves to the JSON object of its response. Rejects with a `GrantError`. */
export async function requestEndpoint(
  channel: BackChannel,
  provider: ProviderDefinition,
  { endpoint, parameters, signal }: EndpointRequest,
): Promise<Record<string, unknown>> {
  const url = endpointOf(provider, endpoint)
  const purpose = endpoint.replace(/_endpoint$/, '')
  return readObject(await channel.request({ purpose, url, parameters, signal }))
}

function endpointOf({ name, metadata }: ProviderDefinition, endpoint: unknown): URL {
  if (typeof endpoint !== 'string' || !/^[a-z0-9_]+_endpoint$/.test(endpoint))
    throw new GrantError(
      'config_invalid',
      `an endpoint is written by its name in the metadata, such as 'device_authorization_endpoint', never as a URL`,
    )
  if (Object.hasOwn(instead, endpoint)) throw new GrantError('config_invalid', `${endpoint}: ${instead[endpoint]}`)
  const url = Object.hasOwn(metadata, endpoint) ? metadata[endpoint] : undefined
  if (typeof url === 'string') return new URL(url) // the definition was checked
  throw new GrantError(
    'config_invalid',
    `${name} has no ${endpoint} in its metadata: add it, as the provider documents it`,
    { provider: name },
  )
}

const instead: Readonly<Record<string, string>> = {
  token_endpoint: 'use this.tokenRequest(parameters), which checks the token',
  authorization_endpoint: 'the user is sent there: use this.port.authorizationUrl(parameters)',
}

function readObject({ status, headers, body, request }: BackChannelResponse): Record<string, unknown> {
  const { provider, purpose, endpoint, secrets } = request
  const broken = (what: string): GrantError =>
    new GrantError('token_response_invalid', `the ${purpose} response of ${provider} at ${endpoint} ${what}`, {
      provider,
      secrets: secrets(),
    })
  const value = parseJson(body)
  if (!isObject(value))
    throw broken(`is not a JSON object (status ${status}, ${headers.get('content-type') ?? 'no content type'})`)
  try {
    return withoutPrototypes(value)
  } catch {
    throw broken('is nested too deeply')
  }
}
