import type { ProviderDefinition } from '@grantkit/core'

/** Deep-freezes plain data. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) freeze(member)
  return Object.freeze(value)
}

/** The source of the facts of {@link acme}. */
export const page = 'https://docs.acme.example/oauth'

/** A preset with something in every field. */
export const acme: ProviderDefinition = freeze<ProviderDefinition>({
  name: 'acme',
  metadata: {
    issuer: 'https://id.acme.example',
    jwks_uri: 'https://id.acme.example/keys',
    authorization_endpoint: 'https://id.acme.example/authorize?tenant=main',
    token_endpoint: 'https://id.acme.example/token',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  },
  scopes: {
    openid: { description: 'Know who you are.' },
    read: { description: 'Read your notes.', source: `${page}#read` },
    write: { description: 'Write notes for you.' },
  },
  apiOrigins: ['https://api.acme.example'],
  redirectUri: { localhost: 'refused', customScheme: 'discouraged', source: page },
  refreshToken: { rotation: 'sometimes', idleLifetime: 3600, absoluteLifetime: 7200, source: page },
  parameters: { authorization: { access_type: 'offline' }, token: { tenant: 'main' } },
  sources: [{ url: page, read: '2026-11-20' }],
})

/** The minimal metadata for logins. */
export const endpoints = {
  authorization_endpoint: 'https://id.acme.example/a',
  token_endpoint: 'https://id.acme.example/t',
}

/** Valid presets of every kind. */
export const sound: readonly ProviderDefinition[] = [
  acme,
  { name: 'plain', metadata: endpoints, sources: acme.sources! },
  { name: 'plain-a-b.tenant.example:8443/path', metadata: endpoints, sources: acme.sources! },
  {
    name: 'lists-its-scopes',
    metadata: {
      ...endpoints,
      issuer: 'https://id.acme.example',
      jwks_uri: 'https://id.acme.example/keys',
      scopes_supported: ['openid', 'profile'],
      grant_types_supported: ['authorization_code'],
      revocation_endpoint: 'https://id.acme.example/revoke',
    },
    tokenResponse: { error: { status: 200 } },
    sources: acme.sources!,
  },
  { name: 'without-login', metadata: { token_endpoint: endpoints.token_endpoint }, sources: acme.sources! },
  {
    ...acme,
    name: 'refuses-all',
    metadata: { ...endpoints, token_endpoint_auth_methods_supported: ['client_secret_post'] },
    scopes: { read: { description: 'Read your notes.' }, write: { description: 'Write notes for you.' } },
    pkce: 'refused',
    redirectUri: { localhost: 'allowed', loopback: 'refused', customScheme: 'refused', source: page },
    refreshToken: { rotation: 'never', source: page },
  },
  {
    ...acme,
    name: 'requires-pkce',
    pkce: 'required',
    redirectUri: { localhost: 'allowed', loopback: 'allowed', customScheme: 'allowed', source: page },
    refreshToken: { rotation: 'always', source: page },
    clientAuthentication: { method: 'client_secret_basic', basicEncoding: 'raw' },
    tokenResponse: { tokenType: 'Bearer', formEncoded: true },
  },
]
