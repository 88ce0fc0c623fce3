import { refuseUnknownScope } from './client-credentials.ts'
import { impliedScope } from './scope.ts'
import type { Client, errors, OidcContext, Provider } from 'oidc-provider'
import type { ExtensionGrant, ExtensionGrantResult } from '../authorization-server-options.ts'
import type { Settings } from './settings.ts'

/** Registers the extension grants of the options (RFC 6749 §4.5). They issue only an access token. */
export function registerGrants(engine: Provider, library: typeof errors, settings: Settings): void {
  for (const [grantType, grant] of Object.entries(settings.grants)) {
    const handler = async (context: OidcContext): Promise<void> => {
      refuseUnknownScope(context.oidc.params?.['scope'], library, settings)
      const result = await ask(grant, context)
      if (result === undefined) throw new library.InvalidGrant(`${grantType}: the grant was not accepted`)
      if (!Object.hasOwn(settings.accounts, result.accountId)) throw new Error(`unknown account ${result.accountId}`)
      context.body = await issue(engine, context.oidc.client, { ...result, gty: grantType })
    }
    engine.registerGrantType(grantType, handler, ['scope'])
  }
}

/** A grant gets every parameter of the form. */
function ask(grant: ExtensionGrant, { oidc: { body } }: OidcContext): ReturnType<ExtensionGrant> {
  const parameters = Object.entries(body).map(([name, value]) => [name, String(value)] as const)
  return grant(Object.fromEntries(parameters))
}

async function issue(
  engine: Provider,
  client: Client,
  { accountId, scope = [], gty }: ExtensionGrantResult & { readonly gty: string },
): Promise<object> {
  const scopes = [...scope, impliedScope].join(' ')
  const grant = new engine.Grant({ accountId, clientId: client.clientId })
  grant.addOIDCScope(scopes)
  const grantId = await grant.save()
  const token = new engine.AccessToken({ client, accountId, grantId, gty, scope: scopes })
  return { access_token: await token.save(), token_type: 'Bearer', expires_in: token.expiration, scope: scopes }
}
