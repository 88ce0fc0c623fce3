import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { Registrations } from './clients.ts'
import type { Incoming } from './incoming.ts'
import { Refusal } from './refusal.ts'
import type { RequestRules } from './rules.ts'
import { verifySecretJwt } from './secret-jwt.ts'

/** How a client has said who it is. */
interface Credentials {
  readonly method: string
  readonly id: string | undefined
  readonly secret: string | undefined
}

/** Finds the client that a request comes from, if it proves that in the way that the provider wants. Throws `invalid_client`. */
export function authenticate(
  authorization: string | undefined,
  { parameters }: Incoming,
  rules: RequestRules,
  definition: ProviderDefinition,
  clients: Registrations,
  now: number,
): ClientRegistration {
  const { method, id, secret } = credentialsOf(authorization, parameters, definition)
  const client = [clients.public, clients.confidential].find(({ clientId }) => clientId === id)
  if (!client) throw invalid(`no client is called ${id ?? 'nothing'}`)
  const allowed = client === clients.public ? [publicMethod(definition)] : rules.methods
  if (!allowed.includes(method)) throw invalid(`the client uses ${method}, not ${allowed.join(' or ')}`)
  if (method === 'none') return client
  if (client.signingKey) verifySecretJwt(secret ?? '', client, clients.verificationKey, definition, now)
  else if (secret !== (client.clientSecret ?? '')) throw invalid('the client secret is wrong')
  return client
}

function publicMethod({ clientAuthentication }: ProviderDefinition): string {
  return clientAuthentication?.withoutSecret ?? 'none'
}

/** RFC 6749 §2.3: one method, not two. */
function credentialsOf(
  authorization: string | undefined,
  parameters: ReadonlyMap<string, string>,
  { clientAuthentication = {} }: ProviderDefinition,
): Credentials {
  const [id, secret] = [parameters.get('client_id'), parameters.get('client_secret')]
  if (authorization === undefined) return { method: secret === undefined ? 'none' : 'client_secret_post', id, secret }
  if (secret !== undefined || id !== undefined) throw invalid('the client authenticates in the header and in the body')
  const basic = /^Basic ([A-Za-z0-9+/]+=*)$/.exec(authorization)?.[1]
  if (basic === undefined) throw invalid('the Authorization header is no Basic one')
  const text = Buffer.from(basic, 'base64').toString()
  const colon = text.indexOf(':')
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)].map(
    clientAuthentication.basicEncoding === 'raw' ? (part) => part : formDecode,
  )
  return clientAuthentication.basicUsername === 'client_secret'
    ? { method: 'client_secret_basic', id: 'simulated-client', secret: password === '' ? user : undefined }
    : { method: 'client_secret_basic', id: user, secret: password }
}

function formDecode(text: string): string {
  return new URLSearchParams(`v=${text}`).get('v') ?? ''
}

/** An `invalid_client` of RFC 6749 §5.2. */
export function invalid(description: string): Refusal {
  return new Refusal('invalid_client', description, 401)
}
