import { tokenExchangeType, type BuiltInGrant } from './built-in-grants.ts'
import { issue } from './issue.ts'
import { scopeArray } from './scope.ts'
import type { OidcContext } from 'oidc-provider'
import type { Issuer } from './issue.ts'
import type { Settings } from './settings.ts'

const type = 'urn:ietf:params:oauth:token-type:'
const accessTokenType = `${type}access_token`

/** What a presented token says. */
interface Presented {
  readonly accountId: string
  /** Undefined for an ID token, which does not limit the scope. */
  readonly scope: readonly string[] | undefined
}

/** Exchanges a token of this server for an access token for another service, or for another party (RFC 8693). */
export function tokenExchange(issuer: Issuer, settings: Settings): BuiltInGrant {
  const { InvalidRequest, InvalidScope } = issuer.library
  return {
    grantType: tokenExchangeType,
    parameters: [
      'audience',
      'resource',
      'requested_token_type',
      'subject_token',
      'subject_token_type',
      'actor_token',
      'actor_token_type',
    ],
    repeated: ['audience', 'resource'],
    async respond(context) {
      const { params = {} } = context.oidc
      const requested = params['requested_token_type'] ?? accessTokenType
      if (requested !== accessTokenType) throw new InvalidRequest('only access tokens can be requested')
      const subject = await presented('subject', issuer, context)
      if (subject === undefined) throw new InvalidRequest('missing required parameter subject_token')
      const actor = await presented('actor', issuer, context)
      const scope = params['scope'] === undefined ? (subject.scope ?? []) : scopeArray(params['scope'])
      const beyond = scope.find((name) => subject.scope?.includes(name) === false)
      if (beyond !== undefined) throw new InvalidScope('the subject token does not have this scope', beyond)
      if (actor !== undefined) context.state.tokenClaims = { act: { sub: actor.accountId } }
      const audience = target(context, issuer, settings)
      const grant = { accountId: subject.accountId, scope, grantType: tokenExchangeType }
      const response = await issue(issuer, context, { ...grant, ...(audience !== undefined && { audience }) })
      return { ...response, issued_token_type: accessTokenType }
    },
  }
}

/** Where the token is for (RFC 8693 §2.1): a client or a resource that the server knows, and only one of them. */
function target({ oidc }: OidcContext, { library }: Issuer, { clients, resources }: Settings): string | undefined {
  const { audience = [], resource = [] } = oidc.params ?? {}
  const targets = [audience, resource].flat()
  const isKnown = (name: string): boolean =>
    clients.some(({ clientId }) => clientId === name) || (resources?.includes(name) ?? URL.canParse(name))
  if (targets.length > 1 || !targets.every(isKnown)) throw new library.InvalidTarget()
  return targets[0]
}

/** The subject token or the actor token, with its type: both or neither. */
async function presented(role: string, issuer: Issuer, { oidc }: OidcContext): Promise<Presented | undefined> {
  const [token, kind] = [oidc.params?.[`${role}_token`], oidc.params?.[`${role}_token_type`]]
  const { InvalidRequest } = issuer.library
  if (token === undefined && kind === undefined) return undefined
  if (token === undefined || kind === undefined)
    throw new InvalidRequest(`${role}_token and ${role}_token_type belong together`)
  const find = finders[kind]
  if (find === undefined) throw new InvalidRequest(`the ${role}_token_type is not supported`)
  const found = await find(issuer, token, oidc)
  if (found === undefined) throw new InvalidRequest(`the ${role} token is not valid`)
  return found
}

type Finder = (issuer: Issuer, token: string, oidc: OidcContext['oidc']) => Promise<Presented | undefined>

const finders: Readonly<Record<string, Finder>> = {
  [accessTokenType]: async ({ engine }, value) => {
    const token = (await engine.AccessToken.find(value)) ?? (await engine.ClientCredentials.find(value))
    return token && { accountId: token.accountId ?? token.clientId, scope: scopeArray(token.scope) }
  },
  [`${type}refresh_token`]: async ({ engine }, value, { client }) => {
    const token = await engine.RefreshToken.find(value)
    return token?.clientId === client.clientId
      ? { accountId: token.accountId ?? '', scope: scopeArray(token.scope) }
      : undefined
  },
  [`${type}id_token`]: async ({ engine }, value, { client }) => {
    const valid = await engine.IdToken.validate(value, client).catch(() => undefined)
    const { sub, exp = 0 } = valid?.payload ?? {}
    return sub !== undefined && exp > Date.now() / 1000 ? { accountId: sub, scope: undefined } : undefined
  },
}
