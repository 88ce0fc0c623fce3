import type { RecordedRequest } from '../recorded-request.ts'
import type { TestClient } from './clients.ts'

/** An error response of the token endpoint. */
export interface Refusal {
  readonly error: string
  readonly error_description: string
}

/** oidc-provider accepts both Basic and post; this enforces the method that a client has registered. */
export function methodMismatch(request: RecordedRequest, clients: readonly TestClient[]): Refusal | undefined {
  const basic = basicClientId(request.headers['authorization'])
  const clientId = basic ?? request.form?.['client_id']
  const method = clients.find((client) => client.clientId === clientId)?.authentication
  const used =
    basic !== undefined ? 'client_secret_basic' : request.form?.['client_secret'] ? 'client_secret_post' : 'none'
  if (method === undefined || !enforced.has(method) || method === used) return undefined
  return { error: 'invalid_client', error_description: `this client is registered for ${method} but used ${used}` }
}

const enforced: ReadonlySet<string> = new Set(['client_secret_basic', 'client_secret_post', 'none'])

function basicClientId(authorization = ''): string | undefined {
  const [, credentials] = /^basic +(\S+)$/i.exec(authorization) ?? []
  if (credentials === undefined) return undefined
  const [id = ''] = Buffer.from(credentials, 'base64').toString().split(':')
  return new URLSearchParams(`id=${id}`).get('id') ?? '' // form-urlencoded, RFC 6749 §2.3.1
}
