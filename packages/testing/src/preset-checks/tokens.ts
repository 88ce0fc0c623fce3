import { ClientCredentials, Provider, type ProviderDefinition, Refresh, type Token } from '@grantkit/core'
import { expect } from 'vitest'
import { type PresetServer, startPresetServer } from '../preset-server.ts'
import { loginOf } from './authorization.ts'
import { clientOf, type DescribeProviderOptions, hasLogin, type ProviderCheck, scopeOf } from './check.ts'

/** What the provider's token endpoint is sent, and what is made of its answers. */
export const tokenChecks: readonly ProviderCheck[] = [
  {
    name: 'a user logs in',
    applies: hasLogin,
    check: (preset, options) =>
      withServer(preset, async (server) => {
        const token = await logIn(server, options)
        expect(token).toMatchObject({ tokenType: 'Bearer', scope: scopeOf(preset, options) })
        expect(token.accessToken).not.toBe('')
        expect(token.refreshExpiresAt).toBe(endOf(token, preset))
      }),
  },
  {
    name: 'a token is refreshed, whether or not the refresh token changes, and its last day stays',
    applies: hasLogin,
    check: (preset, options) =>
      withServer(preset, async (server) => {
        const refresh = new Provider(server.definition, clientOf(options)).grant(Refresh)
        const token = await logIn(server, options)
        const second = await refresh.requestToken(token)
        const third = await refresh.requestToken(second)
        expect(new Set([token, second, third].map(({ accessToken }) => accessToken)).size).toBe(3)
        expect(third.refreshToken).toBe(server.refreshToken)
        expect(third.refreshExpiresAt).toBe(endOf(token, preset))
      }),
  },
  {
    name: 'the client gets a token of its own',
    applies: ({ metadata }) =>
      ((metadata['grant_types_supported'] ?? ['client_credentials']) as string[]).includes('client_credentials'),
    check: (preset, options) =>
      withServer(preset, async (server) => {
        const grant = new Provider(server.definition, clientOf(options)).grant(ClientCredentials)
        const token = await grant.requestToken({ scope: scopeOf(preset, options) })
        expect(token).toMatchObject({ tokenType: 'Bearer', scope: scopeOf(preset, options) })
        expect(token.refreshToken).toBeUndefined()
      }),
  },
]

/** Runs a check against a server, and looks at what the server was sent. */
async function withServer(preset: ProviderDefinition, check: (server: PresetServer) => Promise<void>): Promise<void> {
  const server = await startPresetServer(preset, clientOf({}))
  try {
    await check(server)
    for (const { authentication, parameters } of server.tokenRequests) {
      expect(methodsOf(preset), 'how the client authenticates').toContain(authentication)
      expect(parameters).toMatchObject(preset.parameters?.token ?? {})
    }
  } finally {
    await server.close()
  }
}

async function logIn(server: PresetServer, options: DescribeProviderOptions): Promise<Token> {
  const login = new Provider(server.definition, clientOf(options)).grant(loginOf(server.definition))
  const { url, transaction } = await login.authorize({ scope: scopeOf(server.definition, options) })
  return login.requestToken(await server.logIn(url), transaction)
}

/** The day on which the provider ends the grant, where the preset knows one. */
function endOf({ authorizedAt = 0 }: Token, { refreshToken }: ProviderDefinition): number | undefined {
  const { absoluteLifetime } = refreshToken ?? {}
  return absoluteLifetime === undefined ? undefined : authorizedAt + absoluteLifetime * 1000
}

/** How a client may authenticate; absent means Basic (RFC 8414 §2). */
function methodsOf({ clientAuthentication, metadata }: ProviderDefinition): readonly string[] {
  const { method } = clientAuthentication ?? {}
  return method === undefined ? (metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']) : [method]
}
