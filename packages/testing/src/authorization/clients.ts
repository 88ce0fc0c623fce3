import type { TestClients } from '../authorization-server.ts'
import type { TestClientOptions } from '../authorization-server-options.ts'

/** A registered client with all defaults. */
export interface TestClient extends TestClientOptions {
  readonly redirectUris: readonly string[]
}

const redirectUris: readonly string[] = [
  'http://127.0.0.1/callback',
  'http://[::1]/callback',
  'https://app.example/callback',
]
const publicClient = { clientId: 'public-client', name: 'Public test app' }
const confidentialClient = {
  clientId: 'confidential-client',
  clientSecret: 'confidential-secret',
  name: 'Confidential test app',
}

/** The configured clients, plus the default client of each kind that is missing. */
export function clientsToRegister(configured: readonly TestClientOptions[] = []): readonly TestClient[] {
  const defaults = [publicClient, confidentialClient].filter((client) =>
    configured.every((other) => isPublic(other) !== isPublic(client)),
  )
  return [...configured, ...defaults].map(complete)
}

function complete(client: TestClientOptions): TestClient {
  return { redirectUris, ...client }
}

/** One client of each kind, ready for a provider. */
export function testClients(clients: readonly TestClient[]): TestClients {
  const spa = clients.find(isPublic)
  const web = clients.find((client) => !isPublic(client))
  if (spa === undefined || web?.clientSecret === undefined) throw new Error('a kind of client is missing')
  return {
    public: { clientId: spa.clientId, redirectUri: spa.redirectUris[0] ?? '' },
    confidential: {
      clientId: web.clientId,
      clientSecret: web.clientSecret,
      redirectUri: web.redirectUris[0] ?? '',
    },
  }
}

/** The metadata of a client for oidc-provider (RFC 7591 §2). */
export function clientMetadata(client: TestClient, extensionGrants: readonly string[]): Record<string, unknown> {
  const grantTypes = client.grantTypes ?? [
    'authorization_code',
    'refresh_token',
    ...(isPublic(client) ? [] : ['client_credentials']),
    ...extensionGrants,
  ]
  const hasLogin = grantTypes.includes('authorization_code')
  return {
    application_type: client.redirectUris.some(hasPrivateScheme) ? 'native' : 'web',
    client_id: client.clientId,
    client_name: client.name ?? client.clientId,
    grant_types: grantTypes,
    redirect_uris: hasLogin ? client.redirectUris : [],
    response_types: hasLogin ? ['code'] : [],
    token_endpoint_auth_method: client.authentication ?? (isPublic(client) ? 'none' : 'client_secret_basic'),
    ...(isPublic(client) ? {} : { client_secret: client.clientSecret }),
  }
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

function isPublic(client: TestClientOptions): boolean {
  return (client.clientSecret ?? '') === ''
}

function hasPrivateScheme(uri: string): boolean {
  return !/^https?:/i.test(uri)
}
