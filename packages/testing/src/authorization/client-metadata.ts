import { isPublic, methodOf } from './clients.ts'
import { builtInGrants } from './built-in-grants.ts'
import type { TestClient } from './clients.ts'
import type { Settings } from './settings.ts'

/** The metadata of a client for oidc-provider (RFC 7591 §2). */
export function clientMetadata(client: TestClient, settings: Settings): Record<string, unknown> {
  const grantTypes = client.grantTypes ?? allGrants(client, settings)
  const hasLogin = grantTypes.includes('authorization_code')
  const responseTypes = hasLogin ? responseTypesOf(client, settings) : []
  const isHybrid = responseTypes.some((type) => type.includes('id_token'))
  return {
    // the engine allows loopback URIs for hybrid responses only to installed apps
    application_type: isHybrid || client.redirectUris.some(hasPrivateScheme) ? 'native' : 'web',
    client_id: client.clientId,
    client_name: client.name ?? client.clientId,
    grant_types: grantTypes,
    redirect_uris: hasLogin ? client.redirectUris : [],
    response_types: responseTypes,
    token_endpoint_auth_method: methodOf(client),
    ...(isPublic(client) ? {} : { client_secret: client.clientSecret }),
    ...(client.keys !== undefined && { jwks: { keys: client.keys } }),
    ...(grantTypes.includes(ciba) && { backchannel_token_delivery_mode: 'poll' }),
    ...(hasLogin && { post_logout_redirect_uris: client.redirectUris.flatMap(andItsRoot) }),
    ...(needsDpop(client, settings) && { dpop_bound_access_tokens: true }),
    ...(settings.authorizationDetailsTypes.length > 0 && {
      authorization_details_types: settings.authorizationDetailsTypes,
    }),
    ...client.metadata,
  }
}

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code'
const ciba = 'urn:openid:params:grant-type:ciba'

function allGrants(client: TestClient, settings: Settings): readonly string[] {
  const { dialect, openid, grants } = settings
  return [
    'authorization_code',
    'refresh_token',
    ...(dialect.discovery ? [deviceCode] : []),
    ...(isPublic(client) ? [] : ['client_credentials', ...(openid ? [ciba] : []), ...builtInGrants(settings)]),
    ...Object.keys(grants),
  ]
}

/** Also the hybrid type, wherever the engine allows it: at https, or as an installed app on this machine. */
function responseTypesOf({ metadata = {}, redirectUris }: TestClient, { openid, profile }: Settings) {
  const configured = metadata['response_types'] as readonly string[] | undefined
  if (configured !== undefined) return configured
  const isSafe = redirectUris.every((uri) => isLoopback(uri) === /^http:/i.test(uri))
  return openid && profile === undefined && isSafe ? ['code', 'code id_token'] : ['code']
}

function isLoopback(uri: string): boolean {
  return /^https?:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?=[:/?]|$)/i.test(uri)
}

function needsDpop({ metadata = {} }: TestClient, { required, profile }: Settings): boolean {
  const isBound = metadata['tls_client_certificate_bound_access_tokens'] === true
  return required.dpop === true || (profile !== undefined && !isBound)
}

function andItsRoot(uri: string): readonly string[] {
  if (!URL.canParse(uri)) return []
  return hasPrivateScheme(uri) ? [uri] : [uri, new URL('/', uri).href]
}

function hasPrivateScheme(uri: string): boolean {
  return !/^https?:/i.test(uri)
}
