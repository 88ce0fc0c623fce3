import { AuthorizationCode, ClientCredentials, Provider, type Token } from '@grantkit/core'
import { authorizationUrl, callbackUrl, configurationOf, tokenFrom } from '@grantkit/core/openid-client'
import type { AuthorizationServer } from '@grantkit/testing/server'
import {
  authorizationCodeGrant,
  calculatePKCECodeChallenge,
  clientCredentialsGrant,
  type Configuration,
  fetchUserInfo,
  genericGrantRequest,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  tokenIntrospection,
  tokenRevocation,
} from 'openid-client'
import { expect, test } from 'vitest'
import { keepSecret, see, seePrint } from '../support/oracle.ts'
import { clientSecret, redirectUri, watched } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

interface Stage {
  readonly server: AuthorizationServer
  readonly provider: Provider
  readonly configuration: Configuration
}

async function stageOf(authentication?: 'client_secret_basic' | 'client_secret_post'): Promise<Stage> {
  const clientId = 'my-client'
  const method = authentication && { authentication }
  const server = await authorizationServer({
    clients: [{ clientId, clientSecret, redirectUris: [redirectUri], ...method }],
    grants: { 'urn:example:swap': ({ assertion }) => ({ accountId: String(assertion), scope: ['read'] }) },
  })
  const definition = { name: 'acme', metadata: server.metadata }
  const client = { clientId, clientSecret, redirectUri, ...method }
  const provider = new Provider(definition, client, { onEvent: watched() })
  return { server, provider, configuration: await configurationOf(provider) }
}

/** Logs in with openid-client alone, but for the two URLs. */
async function logIn({ server, provider, configuration }: Stage, account = 'ada'): Promise<Token> {
  const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()]
  keepSecret(verifier)
  const url = await authorizationUrl(provider, {
    scope: 'openid read',
    state,
    nonce,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const callback = await callbackUrl(provider, await server.logIn(url, { account }))
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  const token = tokenFrom(await authorizationCodeGrant(configuration, callback, checks))
  keepSecret(token.accessToken, token.refreshToken, token.idToken)
  seePrint('token', token)
  return token
}

test.each(['client_secret_basic', 'client_secret_post'] as const)(
  'a login with PKCE, a nonce and an ID token, then user information, introspection, a refresh and a revocation, with %s',
  async (authentication) => {
    const stage = await stageOf(authentication)
    const { configuration } = stage
    const token = await logIn(stage)
    expect(token).toMatchObject({ tokenType: 'Bearer', claims: { sub: 'ada' }, scope: ['openid', 'read'] })
    expect(await fetchUserInfo(configuration, token.accessToken, 'ada')).toMatchObject({ sub: 'ada' })
    expect(await tokenIntrospection(configuration, token.accessToken)).toMatchObject({ active: true, sub: 'ada' })
    const fresh = tokenFrom(await refreshTokenGrant(configuration, token.refreshToken ?? ''), { previous: token })
    expect(fresh).toMatchObject({ scope: token.scope, claims: { sub: 'ada' } })
    expect(fresh.accessToken).not.toBe(token.accessToken)
    await tokenRevocation(configuration, fresh.refreshToken ?? '')
    await expect(refreshTokenGrant(configuration, fresh.refreshToken ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
      status: 400,
    })
    expect(await tokenIntrospection(configuration, fresh.accessToken)).toEqual({ active: false })
  },
)

test('client credentials and an extension grant', async () => {
  const { configuration } = await stageOf()
  const token = tokenFrom(await clientCredentialsGrant(configuration, { scope: 'read' }))
  expect(token).toMatchObject({ tokenType: 'Bearer', scope: ['read'] })
  const swapped = tokenFrom(await genericGrantRequest(configuration, 'urn:example:swap', { assertion: 'ada' }))
  expect(await tokenIntrospection(configuration, swapped.accessToken)).toMatchObject({ active: true, sub: 'ada' })
})

test('every request is authenticated exactly as those of the provider itself', async () => {
  const { server, provider, configuration } = await stageOf()
  await server.forget()
  await provider.grant(ClientCredentials).requestToken({ scope: ['read'] })
  await clientCredentialsGrant(configuration, { scope: 'read' })
  const [own, bridged] = await server.requests()
  expect({ ...bridged, body: '' }).toEqual({ ...own, body: '' }) // the form has the same parameters, in another order
  expect(bridged?.headers['content-length']).toBe(own?.headers['content-length'])
  expect(own?.headers['authorization']).toMatch(/^Basic /)
})

test('fifty requests at the same time get their own responses', async () => {
  const { configuration } = await stageOf()
  const scopes = Array.from({ length: 50 }, (_, i) => ['read', 'write', 'read write'][i % 3] ?? '')
  const tokens = await Promise.all(scopes.map((scope) => clientCredentialsGrant(configuration, { scope })))
  expect(tokens.map(({ scope }) => scope)).toEqual(scopes)
  expect(new Set(tokens.map(({ access_token }) => access_token)).size).toBe(50)
})

test('two users and two providers keep to their own, in one process', async () => {
  const [one, two] = await Promise.all([stageOf(), stageOf('client_secret_post')])
  const tokens = await Promise.all([logIn(one), logIn(one), logIn(two)])
  expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(3)
  for (const [i, { configuration }] of [one, one, two].entries())
    expect(await tokenIntrospection(configuration, tokens[i]?.accessToken ?? '')).toMatchObject({ active: true })
  expect(await tokenIntrospection(two.configuration, tokens[0]?.accessToken ?? '')).toEqual({ active: false })
})

test('the configuration holds no secret, even after a login', async () => {
  const stage = await stageOf()
  await logIn(stage)
  see('configuration', stage.configuration) // the oracle looks at everything that can be reached from it
  see('server metadata', stage.configuration.serverMetadata())
  see('client metadata', stage.configuration.clientMetadata())
  expect(stage.configuration.clientMetadata()).toEqual({ client_id: 'my-client' })
})

test('a token of one way is a token of the other', async () => {
  const stage = await stageOf()
  const { server, provider, configuration } = stage
  const login = provider.grant(AuthorizationCode)
  const { url, transaction } = await login.authorize({ scope: ['openid', 'read'] })
  const token = await login.requestToken(await server.logIn(url), transaction)
  const fresh = tokenFrom(await refreshTokenGrant(configuration, token.refreshToken ?? ''), { previous: token })
  await provider.revoke(fresh)
  expect(await tokenIntrospection(configuration, fresh.accessToken)).toEqual({ active: false })
})
