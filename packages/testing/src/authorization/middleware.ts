import { scopeArray } from './scope.ts'
import type { Context } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** A step before and after the engine. */
export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>

/** The origins of a server. */
export interface Origins {
  readonly origin: string
  /** The one that asks for client certificates. */
  readonly certificateOrigin: string | undefined
}

/** Every step around the engine. */
export function middleware(settings: Settings, origins: Origins): readonly Middleware[] {
  return [trimCallback(settings, origins), trimResponse(settings), completeDiscovery(settings, origins)]
}

/** Removes the callback parameters that the dialect does not send. */
function trimCallback({ dialect }: Settings, { origin }: Origins): Middleware {
  return async (context, next) => {
    await next()
    const location = URL.parse(context.response.get('location'))
    if (location === null || location.origin === origin || dialect.callbackWithout.length === 0) return
    for (const name of dialect.callbackWithout) location.searchParams.delete(name)
    context.redirect(location.href)
  }
}

/**
 * Removes internal fields from a token or introspection response. A token response includes its scope wherever it differs
 * from the request (RFC 6749 §5.1), even if it is empty: without it, a client assumes that everything was granted.
 */
function trimResponse({ dialect }: Settings): Middleware {
  return async (context, next) => {
    await next()
    if (context.method !== 'POST' || !isObject(context.body)) return
    const { params, entities } = context.oidc ?? {}
    const { scope, ...fields } = context.body
    const visible = params?.['grant_type'] !== 'client_credentials' || dialect.clientCredentialsScope
    const names = scopeArray(scope).join(' ')
    const refused = 'access_token' in fields && (params?.['scope'] || entities?.Grant?.getRejectedOIDCScope())
    if (visible && (names !== '' || refused)) fields['scope'] = names
    if (params?.['refresh_token'] === fields['refresh_token']) delete fields['refresh_token'] // unchanged
    context.body = fields
  }
}

/** Publishes the configured scopes and the endpoints for certificates, and nothing about ID tokens without OpenID Connect. */
function completeDiscovery({ scopes, openid }: Settings, { origin, certificateOrigin }: Origins): Middleware {
  return async (context, next) => {
    await next()
    if (!context.path.startsWith('/.well-known/') || !isObject(context.body)) return
    const entries = Object.entries(context.body).filter(([name]) => openid || !openidField.test(name))
    const aliases: readonly (readonly [string, string])[] = entries
      .filter(([name, url]) => url !== undefined && name.endsWith('_endpoint') && !pages.has(name))
      .map(([name, url]) => [name, String(url).replace(origin, certificateOrigin ?? origin)] as const)
    context.body = {
      ...Object.fromEntries(entries),
      scopes_supported: Object.keys(scopes),
      ...(certificateOrigin !== undefined && { mtls_endpoint_aliases: Object.fromEntries(aliases) }),
    }
  }
}

/** The endpoints that a browser opens. */
const pages: ReadonlySet<string> = new Set(['authorization_endpoint', 'end_session_endpoint'])

const openidField = /^(?:id_token_|claims?_|subject_types_|userinfo_|jwks_uri$|request_uri_)/

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
}
