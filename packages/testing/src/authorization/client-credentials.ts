import { unknownScopes } from './scope.ts'
import type { errors, OidcContext, Provider } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** Replaces the engine's own client credentials grant (RFC 6749 §4.4), which grants scopes that do not exist. */
export function registerClientCredentials(engine: Provider, library: typeof errors, settings: Settings): void {
  const handler = async (context: OidcContext): Promise<void> => {
    const { client, params = {} } = context.oidc
    refuseUnknownScope(params['scope'], library, settings)
    const token = new engine.ClientCredentials({ client, scope: params['scope'] })
    const access_token = await token.save()
    context.body = { access_token, token_type: 'Bearer', expires_in: token.expiration, scope: params['scope'] }
  }
  engine.registerGrantType('client_credentials', handler, ['scope'])
}

/** Throws `invalid_scope` if a requested scope does not exist (RFC 6749 §5.2). */
export function refuseUnknownScope(
  scope: string | undefined,
  { InvalidScope }: typeof errors,
  { scopes }: Settings,
): void {
  const [unknown] = unknownScopes(scope, scopes)
  if (unknown !== undefined) throw new InvalidScope('the server does not know this scope', unknown)
}
