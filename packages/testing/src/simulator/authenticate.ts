import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulationContext } from './context.ts'
import type { Incoming } from './incoming.ts'
import { Refusal } from './refusal.ts'
import type { RequestRules } from './rules.ts'
import { verifySecretJwt } from './secret-jwt.ts'

/** The credentials of a client. */
interface Credentials {
  readonly method: string
  readonly id: string | undefined
  readonly secret: string | undefined
}

/** Authenticates the client of a request by the method that the provider expects. Throws `invalid_client`. */
export function authenticate(incoming: Incoming, rules: RequestRules, context: SimulationContext): ClientRegistration {
  const { definition, clients } = context
  const { method, id, secret } = credentialsOf(incoming, definition)
  const client = [clients.public, clients.confidential].find(({ clientId }) => clientId === id)
  if (!client) throw invalid(`the client ID ${id ?? '(missing)'} is not registered`)
  const allowed = client === clients.public ? [publicMethod(definition)] : rules.methods
  if (!allowed.includes(method)) throw invalid(`the client uses ${method}, not ${allowed.join(' or ')}`)
  if (method === 'none') return client
  if (client.signingKey) verifySecretJwt(secret ?? '', client, context)
  else if (secret !== (client.clientSecret ?? '')) throw invalid('the client secret is wrong')
  return client
}

function publicMethod({ clientAuthentication }: ProviderDefinition): string {
  return clientAuthentication?.withoutSecret ?? 'none'
}

/** RFC 6749 §2.3: one method, not two. */
function credentialsOf(
  { authorization, parameters }: Incoming,
  { clientAuthentication = {} }: ProviderDefinition,
): Credentials {
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  if (authorization === undefined) return { method: secret === undefined ? 'none' : 'client_secret_post', id, secret }
  if (secret !== undefined || id !== undefined) throw invalid('the client authenticates in the header and in the body')
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization)?.[1]
  if (basic === undefined) throw invalid('the Authorization header does not use Basic')
  const credentials = Buffer.from(basic, 'base64').toString()
  const colon = credentials.indexOf(':')
  const [user, password] = [credentials.slice(0, colon), credentials.slice(colon + 1)].map(
    clientAuthentication.basicEncoding === 'raw' ? (part) => part : formDecode,
  )
  return clientAuthentication.basicUsername === 'client_secret'
    ? { method: 'client_secret_basic', id: 'simulated-client', secret: password === '' ? user : undefined }
    : { method: 'client_secret_basic', id: user, secret: password }
}

function formDecode(part: string): string {
  return new URLSearchParams(`v=${part}`).get('v') ?? ''
}

/** An `invalid_client` of RFC 6749 §5.2. */
export function invalid(description: string): Refusal {
  return new Refusal('invalid_client', description, 401)
}
