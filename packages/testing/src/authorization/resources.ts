import { impliedScope, openidScopes, unknownScopes } from './scope.ts'
import type { Configuration, errors, OidcContext } from 'oidc-provider'
import type { Settings } from './settings.ts'

/**
 * Resource indicators (RFC 8707). The engine asks for the resource of every request before it drops scopes that it does
 * not know, so this is also where an unknown scope is refused, wherever the request has come from.
 */
export function resourceIndicators(
  settings: Settings,
  library: typeof errors,
  origin: string,
): Configuration['features']['resourceIndicators'] {
  const { resources } = settings
  const scope = resourceScopes(settings).join(' ')
  const check = ({ oidc }: OidcContext): void => refuseUnknownScope(oidc.params?.['scope'], library, settings)
  return {
    enabled: true,
    defaultResource(context, _client, granted) {
      check(context)
      return granted ?? (context.oidc.params?.['authorization_details'] === undefined ? undefined : `${origin}/api`)
    },
    useGrantedResource: () => true,
    getResourceServerInfo(context, resource) {
      check(context)
      if (resources !== undefined && !resources.includes(resource)) throw new library.InvalidTarget()
      return { scope }
    },
  }
}

/** The scopes that a resource can have: those that do not concern OpenID Connect. */
export function resourceScopes({ scopes }: Settings): readonly string[] {
  return [...Object.keys(scopes).filter((scope) => !Object.hasOwn(openidScopes, scope)), impliedScope]
}

/** Throws `invalid_scope` if a requested scope does not exist (RFC 6749 §5.2). */
export function refuseUnknownScope(
  scope: string | undefined,
  { InvalidScope }: typeof errors,
  { scopes, dialect }: Settings,
): void {
  const [unknown] = unknownScopes(scope, scopes)
  if (unknown === undefined) return
  const error = new InvalidScope('the server does not know this scope', unknown)
  error.allow_redirect = dialect.unknownScope === 'callback'
  throw error
}
