import { AuthorizationCode, ClientCredentials, Pkce, Provider, type ProviderDefinition } from '@grantkit/core'
import { expect } from 'vitest'
import { clientOf, hasLogin, type ProviderCheck, scopeOf } from './check.ts'
import { expectedParameters } from './expected-url.ts'

/** Authorization URLs. */
export const authorizationChecks: readonly ProviderCheck[] = [
  {
    name: 'its fixed parameters are not parameters of the protocol',
    applies: ({ parameters }) => parameters !== undefined,
    async check(preset, options) {
      const { authorization = {}, token = {} } = preset.parameters ?? {}
      for (const value of [authorization, token].flatMap(Object.values<string>)) expect(value).toMatch(/\S/)
      if (!hasLogin(preset)) expect(authorization, 'authorization parameters of a provider without a login').toEqual({})
      // A preset may not send what a caller may not send.
      const provider = new Provider(preset, clientOf(options), { fetch: respondAtOnce })
      const login = provider.grant(loginOf(preset))
      if (hasLogin(preset)) await expect(login.authorize({ parameters: authorization })).resolves.toBeDefined()
      await expect(provider.grant(ClientCredentials).requestToken({ parameters: token })).resolves.toBeDefined()
    },
  },
  {
    name: 'the authorization URL has the parameters of the protocol and of the preset, and no others',
    applies: hasLogin,
    async check(preset, options) {
      const client = clientOf(options)
      const scope = scopeOf(preset, options)
      const { url, transaction } = await new Provider(preset, client).grant(loginOf(preset)).authorize({ scope })
      const endpoint = new URL(preset.metadata.authorization_endpoint ?? '')
      expect(url.origin + url.pathname).toBe(endpoint.origin + endpoint.pathname)
      const expected = await expectedParameters(preset, client.clientId, transaction)
      expect(sorted([...url.searchParams])).toEqual(sorted(expected))
    },
  },
  {
    name: 'PKCE is used, unless the preset says that the provider refuses it',
    applies: hasLogin,
    async check(preset, options) {
      const { pkce = 'supported', metadata } = preset
      const provider = new Provider(preset, clientOf(options))
      const challengeOf = async (login: AuthorizationCode) => {
        const { url } = await login.authorize()
        return url.searchParams.get(preset.authorizationRequest?.renamed?.['code_challenge'] ?? 'code_challenge')
      }
      expect(['required', 'supported', 'refused']).toContain(pkce)
      if (pkce === 'refused') {
        await expect(challengeOf(provider.grant(Pkce))).rejects.toMatchObject({ code: 'pkce_unsupported' })
        expect(metadata.code_challenge_methods_supported ?? [], 'the PKCE methods in the metadata').toEqual([])
      } else expect(await challengeOf(provider.grant(Pkce))).toMatch(/^(?:[\w-]{43}|[0-9a-f]{64})$/)
      const bare = challengeOf(provider.grant(AuthorizationCode))
      if (pkce === 'required') await expect(bare).rejects.toMatchObject({ code: 'config_invalid' })
      else await expect(bare).resolves.toBeNull()
    },
  },
]

/** The grant with which users log in. */
export function loginOf({ pkce }: ProviderDefinition): typeof AuthorizationCode {
  return pkce === 'refused' ? AuthorizationCode : Pkce
}

function sorted(parameters: readonly (readonly string[])[]): string[] {
  return parameters.map(([name, value]) => `${name}=${value}`).toSorted()
}

async function respondAtOnce(): Promise<Response> {
  return Response.json({ access_token: 'token', token_type: 'Bearer' })
}
