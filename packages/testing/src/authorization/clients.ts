import type { TestClients } from '../authorization-server.ts'
import type { TestClientAuthentication, TestClientOptions } from '../authorization-server-options.ts'

/** A registered client with all defaults. */
export interface TestClient extends TestClientOptions {
  readonly redirectUris: readonly string[]
}

const redirectUris: readonly string[] = [
  'http://127.0.0.1/callback',
  'http://[::1]/callback',
  'https://app.example/callback',
]
const publicClient = { clientId: 'public-client', name: 'Public test app', redirectUris }
const confidentialClient = {
  clientId: 'confidential-client',
  clientSecret: 'confidential-secret',
  name: 'Confidential test app',
  redirectUris,
}

/** The configured clients, plus the default client of each kind that is missing: without and with a secret. */
export function clientsToRegister(
  configured: readonly TestClientOptions[] = [],
  withDefaults = true,
): readonly TestClient[] {
  const defaults = [
    ...(configured.some(isPublic) ? [] : [publicClient]),
    ...(configured.some(hasSecret) ? [] : [confidentialClient]),
  ]
  return [...configured, ...(withDefaults ? defaults : [])].map(complete)
}

function complete(client: TestClientOptions): TestClient {
  return { redirectUris, ...client }
}

/** One client of each kind, ready for a provider. */
export function testClients(clients: readonly TestClient[]): TestClients {
  const spa = clients.find(isPublic) ?? publicClient
  const web = clients.find(hasSecret) ?? confidentialClient
  return {
    public: { clientId: spa.clientId, redirectUri: spa.redirectUris[0] ?? '' },
    confidential: {
      clientId: web.clientId,
      clientSecret: web.clientSecret ?? '',
      redirectUri: web.redirectUris[0] ?? '',
    },
  }
}

/** How a client has to authenticate. A client with a secret may use Basic and post, unless it has registered one. */
export function methodOf({ authentication, clientSecret = '', keys }: TestClientOptions): TestClientAuthentication {
  if (authentication !== undefined) return authentication
  if (clientSecret !== '') return 'client_secret_basic'
  return keys === undefined ? 'none' : 'private_key_jwt'
}

/** Whether a redirect URI is registered; the port of a loopback literal is ignored (RFC 8252 §7.3). */
export function isRegistered(redirectUri: string, registered: readonly string[]): boolean {
  if (registered.includes(redirectUri)) return true
  const portless = withoutLoopbackPort(redirectUri)
  return portless !== undefined && registered.some((other) => withoutLoopbackPort(other) === portless)
}

/** The URI without its port if its host is a loopback literal; `localhost` is not a literal. */
export function withoutLoopbackPort(uri: string): string | undefined {
  const parts = /^(http:\/\/(?:127(?:\.\d{1,3}){3}|\[::1\]))(?::\d{1,5})?([/?].*)?$/.exec(uri)
  return parts === null ? undefined : `${parts[1]}${parts[2] ?? ''}`
}

/** Whether anyone could be this client. */
export function isPublic(client: TestClientOptions): boolean {
  return methodOf(client) === 'none'
}

function hasSecret(client: TestClientOptions): boolean {
  return (client.clientSecret ?? '') !== ''
}
