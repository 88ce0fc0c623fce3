import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { load } from '../../transport/load.ts'
import { formOf, type RequestValues } from '../../wire/form.ts'
import type { AuthorizationContext } from '../authorization-url.ts'
import type { BackChannelContext } from '../back-channel.ts'
import type { AuthorizationDelivery } from '../port.ts'
import { pushRequest } from './pushed-request.ts'

/**
 * Signs an authorization request, pushes it, or both, and resolves to what the URL has in its place: `client_id` with
 * `request` (RFC 9101 §5) or with `request_uri` (RFC 9126 §4), and nothing else. Rejects with a `GrantError`.
 */
export async function deliver(
  parameters: RequestValues,
  delivery: AuthorizationDelivery,
  { context, channel }: AuthorizationContext,
): Promise<RequestValues> {
  const { provider, client } = context
  const pushed = chosen('pushed', delivery.pushed, provider)
  const signed = chosen('requestObject', delivery.requestObject, provider)
  const deviations = await channel.deviations()
  const form = (values: RequestValues): URLSearchParams => deviations?.authorizationParameters(values) ?? formOf(values)
  const { client_id = client.clientId } = parameters
  const values = signed ? { client_id, request: await signedRequest(form(parameters), context) } : parameters
  return pushed
    ? { client_id, request_uri: await pushRequest(channel, provider, form(values), delivery.signal) }
    : values
}

/** What requires each way in the metadata (RFC 9126 §5, RFC 9101 §10.5). */
const requirements = {
  pushed: 'require_pushed_authorization_requests',
  requestObject: 'require_signed_request_object',
} as const

/** Whether a request goes this way: as the caller says, else where the metadata requires it. */
function chosen(
  option: keyof typeof requirements,
  wanted: boolean | undefined,
  { name, metadata }: ProviderDefinition,
): boolean {
  const required = metadata[requirements[option]] === true
  if (required && wanted === false)
    throw new GrantError('config_invalid', `${name} has ${requirements[option]} in its metadata: leave ${option} out`, {
      provider: name,
    })
  return wanted ?? required
}

async function signedRequest(form: URLSearchParams, context: BackChannelContext): Promise<string> {
  const { requestObject } = await load(() => import('./request-object.ts'))
  return requestObject(form, context)
}
