import type { ClientRegistration } from '@grantkit/core'
import { type HttpResponse, json } from '../http/response.ts'
import type { SimulationContext } from './context.ts'
import type { Incoming } from './incoming.ts'
import { expectThat } from './refusal.ts'
import { scopesOf } from './tokens.ts'

/** A request of an authenticated client to an endpoint that not every provider has. */
interface EndpointRequest {
  readonly client: ClientRegistration
  readonly parameters: Incoming['parameters']
}

type Endpoint = (request: EndpointRequest, context: SimulationContext) => HttpResponse

/** The endpoints for clients besides those for tokens and revocation, by their names in the metadata. */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  pushed_authorization_request_endpoint: push,
  device_authorization_endpoint: beginDevice,
  introspection_endpoint: introspect,
}

/** RFC 9126 §2. */
function push({ client, parameters }: EndpointRequest, { pending }: SimulationContext): HttpResponse {
  expectThat(!parameters.has('request_uri'), 'the parameter request_uri is not accepted here')
  expectThat(parameters.has('response_type'), 'the parameter response_type is missing')
  const request = new Map(parameters).set('client_id', client.clientId)
  request.delete('client_secret')
  return json(201, { request_uri: pending.push(request), expires_in: 60 })
}

/** RFC 8628 §3.2. */
function beginDevice({ client, parameters }: EndpointRequest, context: SimulationContext): HttpResponse {
  const { definition, pending } = context
  const scope = scopesOf(parameters.get('scope'), definition)
  const granted = { clientId: client.clientId, scope, narrowed: false, nonce: undefined, user: true }
  const { deviceCode, userCode } = pending.addDevice(granted)
  const { origin } = new URL(definition.metadata.token_endpoint)
  return json(200, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: `${origin}/device`,
    expires_in: 600,
    interval: 5,
  })
}

/** RFC 7662 §2.2. */
function introspect({ client, parameters }: EndpointRequest, { ledger }: SimulationContext): HttpResponse {
  const token = parameters.get('token')
  expectThat(token !== undefined, 'the parameter token is missing')
  const granted = ledger.access(token)
  if (granted?.clientId !== client.clientId) return json(200, { active: false })
  const { scope, clientId, user } = granted
  const about = { scope: scope.join(' '), client_id: clientId, token_type: 'Bearer', ...(user && { sub: 'ada' }) }
  return json(200, { active: true, ...about })
}

/** The claims of the user (OpenID Connect Core §5.3), for an access token with the scope `openid`. */
export function userinfo(authorization: string | undefined, { ledger }: SimulationContext): HttpResponse {
  const [, token] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? []
  const granted = token === undefined ? undefined : ledger.access(token)
  if (!granted?.user) return refused(401, 'invalid_token')
  return granted.scope.includes('openid') ? json(200, { sub: 'ada' }) : refused(403, 'insufficient_scope')
}

function refused(status: number, error: string): HttpResponse {
  return json(status, { error }, { 'www-authenticate': `Bearer error="${error}"` })
}
