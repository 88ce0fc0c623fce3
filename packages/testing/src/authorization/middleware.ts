import { impliedScope, scopeArray, unknownScopes } from './scope.ts'
import type { Context } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** What happens before and after the engine answers. */
export type Middleware = (context: Context, next: () => Promise<void>) => Promise<void>

/** Every step around the engine. */
export function middleware(settings: Settings, origin: string): readonly Middleware[] {
  return [completeScope(settings), trimCallback(settings, origin), trimAnswer(settings), trimDiscovery(settings)]
}

/** Adds the implied scope to an authorization request, and notes the scopes that do not exist. */
function completeScope({ dialect, scopes }: Settings): Middleware {
  return async (context, next) => {
    const { scope = '' } = context.query
    if (context.path === dialect.paths.authorization && typeof scope === 'string') {
      context.state.unknownScopes = unknownScopes(scope, scopes)
      context.query = { ...context.query, scope: scope === '' ? impliedScope : `${scope} ${impliedScope}` }
    }
    await next()
  }
}

/** Takes out of a callback what the dialect does not send. */
function trimCallback({ dialect }: Settings, origin: string): Middleware {
  return async (context, next) => {
    await next()
    const location = URL.parse(context.response.get('location'))
    if (location === null || location.origin === origin || dialect.callbackWithout.length === 0) return
    for (const name of dialect.callbackWithout) location.searchParams.delete(name)
    context.redirect(location.href)
  }
}

/**
 * Takes out of a token or introspection response what clients do not see. A token response says its scope wherever that is
 * not what was asked for (RFC 6749 §5.1), even if nothing of it was granted: a client without that word assumes it all.
 */
function trimAnswer({ dialect }: Settings): Middleware {
  return async (context, next) => {
    await next()
    if (context.method !== 'POST' || !isObject(context.body)) return
    const { params, entities } = context.oidc ?? {}
    const { scope, ...answer } = context.body
    const visible = params?.['grant_type'] !== 'client_credentials' || dialect.clientCredentialsScope
    const names = scopeArray(scope).join(' ')
    const refused = 'access_token' in answer && (params?.['scope'] || entities?.Grant?.getRejectedOIDCScope())
    if (visible && (names !== '' || refused)) answer['scope'] = names
    if (params?.['refresh_token'] === answer['refresh_token']) delete answer['refresh_token'] // it did not change
    context.body = answer
  }
}

/** Publishes our own scopes, and nothing about ID tokens where there are none. */
function trimDiscovery({ scopes, openid }: Settings): Middleware {
  return async (context, next) => {
    await next()
    if (!context.path.startsWith('/.well-known/') || !isObject(context.body)) return
    const members = Object.entries(context.body).filter(([name]) => openid || !openidMember.test(name))
    context.body = { ...Object.fromEntries(members), scopes_supported: Object.keys(scopes) }
  }
}

const openidMember = /^(?:id_token_|claims?_|subject_types_|userinfo_|jwks_uri$|request_uri_)/

function isObject(body: unknown): body is Record<string, unknown> {
  return typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
}
