import { builtInGrants, type BuiltInGrant } from './built-in-grants.ts'
import { issue } from './issue.ts'
import { jwtBearer } from './jwt-bearer.ts'
import { refuseUnknownScope } from './resources.ts'
import { tokenExchange } from './token-exchange.ts'
import type { OidcContext } from 'oidc-provider'
import type { ExtensionGrant } from '../authorization-server-options.ts'
import type { Issuer } from './issue.ts'
import type { Settings } from './settings.ts'

/** Registers the grants of the options (RFC 6749 §4.5) and those of ours. They issue only an access token. */
export function registerGrants(issuer: Issuer, settings: Settings): void {
  const ours = [tokenExchange(issuer, settings), jwtBearer(issuer, settings)]
  const own = Object.entries(settings.grants).map((entry) => ofOptions(entry, issuer, settings))
  const wanted = new Set(builtInGrants(settings))
  for (const grant of [...ours.filter(({ grantType }) => wanted.has(grantType)), ...own]) {
    const { grantType, parameters, repeated = [] } = grant
    const handler = async (context: OidcContext): Promise<void> => {
      refuseUnknownScope(context.oidc.params?.['scope'], issuer.library, settings)
      context.body = await grant.respond(context)
    }
    issuer.engine.registerGrantType(grantType, handler, ['scope', ...parameters], repeated)
  }
}

function ofOptions(
  [grantType, grant]: readonly [string, ExtensionGrant],
  issuer: Issuer,
  { accounts }: Settings,
): BuiltInGrant {
  return {
    grantType,
    parameters: [],
    async respond(context) {
      const result = await ask(grant, context)
      if (result === undefined) throw new issuer.library.InvalidGrant(`${grantType}: the grant was not accepted`)
      const { accountId, scope = [] } = result
      if (!Object.hasOwn(accounts, accountId)) throw new Error(`unknown account ${accountId}`)
      return issue(issuer, context, { accountId, scope, grantType })
    },
  }
}

/** A grant gets every parameter of the form. */
function ask(grant: ExtensionGrant, { oidc: { body } }: OidcContext): ReturnType<ExtensionGrant> {
  const parameters = Object.entries(body).map(([name, value]) => [name, String(value)] as const)
  return grant(Object.fromEntries(parameters))
}
