import { createLocalJWKSet, jwtVerify, type JSONWebKeySet, type JWTPayload } from 'jose'
import { jwtBearerType, type BuiltInGrant } from './built-in-grants.ts'
import { issue } from './issue.ts'
import { scopeArray } from './scope.ts'
import type { Issuer } from './issue.ts'
import type { Settings } from './settings.ts'

/** An assertion as a grant (RFC 7523 §2.1): signed with a registered key of the client, about one of the accounts. */
export function jwtBearer(issuer: Issuer, { clients, accounts }: Settings): BuiltInGrant {
  const { InvalidGrant, InvalidRequest } = issuer.library
  const assertedBy = async (clientId: string, assertion: string, audience: string[]): Promise<JWTPayload> => {
    const keys = clients.find((client) => client.clientId === clientId)?.keys ?? []
    const keySet = createLocalJWKSet({ keys } as JSONWebKeySet)
    const rules = { issuer: clientId, audience, requiredClaims: ['sub', 'exp'] }
    try {
      return (await jwtVerify(assertion, keySet, rules)).payload
    } catch (error) {
      throw new InvalidGrant(`the assertion is not valid: ${String(error)}`)
    }
  }
  return {
    grantType: jwtBearerType,
    parameters: ['assertion'],
    async respond(context) {
      const { client, params = {} } = context.oidc
      if (params['assertion'] === undefined) throw new InvalidRequest('missing required parameter assertion')
      const audience = [issuer.engine.issuer, context.href]
      const { sub: accountId = '' } = await assertedBy(client.clientId, params['assertion'], audience)
      if (!Object.hasOwn(accounts, accountId)) throw new InvalidGrant('the subject of the assertion is unknown')
      return issue(issuer, context, { accountId, scope: scopeArray(params['scope']), grantType: jwtBearerType })
    },
  }
}
