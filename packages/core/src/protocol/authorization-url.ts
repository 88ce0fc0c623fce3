import type { ServerMetadata } from '../definition/server-metadata.ts'
import { GrantError } from '../errors/grant-error.ts'
import { load } from '../transport/load.ts'
import { formOf, type RequestValues } from '../wire/form.ts'
import type { BackChannel, BackChannelContext } from './back-channel.ts'
import type { AuthorizationDelivery } from './port.ts'

/** Whose authorization request it is, and the way to the server. */
export interface AuthorizationContext {
  readonly context: BackChannelContext
  readonly channel: BackChannel
}

/** The URL that a user is sent to (RFC 6749 §3.1), with the request in it, or with what stands for one that was pushed or signed. Rejects with `config_invalid` without an authorization endpoint. */
export async function authorizationUrl(
  parameters: RequestValues,
  delivery: AuthorizationDelivery,
  at: AuthorizationContext,
): Promise<URL> {
  const { provider, proofs } = at.context
  const { name, metadata, parameters: fixed } = provider
  const { authorization_endpoint: endpoint } = metadata
  if (endpoint === undefined)
    throw new GrantError(
      'config_invalid',
      `${name} has no authorization_endpoint in its metadata: add it, or use a grant without a user`,
      { provider: name },
    )
  const complete = { ...fixed?.authorization, ...parameters, dpop_jkt: await proofs?.thumbprint() }
  const values = isPlain(metadata, delivery) ? complete : await delivered(complete, delivery, at)
  const deviations = await at.channel.deviations()
  if (deviations) return deviations.authorizationUrl(new URL(endpoint), values)
  return new URL(`${endpoint}${endpoint.includes('?') ? '&' : '?'}${formOf(values)}`)
}

/** Whether the request travels in the URL as it is. */
function isPlain(
  { require_pushed_authorization_requests: push, require_signed_request_object: sign }: ServerMetadata,
  { pushed, requestObject }: AuthorizationDelivery,
): boolean {
  return !pushed && !requestObject && push !== true && sign !== true
}

async function delivered(
  parameters: RequestValues,
  delivery: AuthorizationDelivery,
  at: AuthorizationContext,
): Promise<RequestValues> {
  const { deliver } = await load(() => import('./authorization/deliver.ts'))
  return deliver(parameters, delivery, at)
}
