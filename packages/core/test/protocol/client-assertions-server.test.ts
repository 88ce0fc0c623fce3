import { ClientCredentials, type ClientRegistration, Pkce, Provider, Refresh } from '@grantkit/core'
import { exportJWK } from 'jose'
import { expect, test } from 'vitest'
import { clientKey, signer } from '../support/client-keys.ts'
import { authorizationServer } from '../support/servers.ts'

const secret = 'canary-secret-that-is-long-enough-to-sign'

/** Asks a server for everything that a client authenticates for, and resolves to how many tokens it got. */
async function use(issuer: string, logIn: (url: URL) => Promise<string>, client: ClientRegistration): Promise<number> {
  const acme = await Provider.discover(issuer, client)
  const tokens = [await acme.grant(ClientCredentials).requestToken()]
  tokens.push(await acme.grant(ClientCredentials).requestToken())
  const login = acme.grant(Pkce)
  const scope = ['openid', 'offline_access']
  const { url, transaction } = await login.authorize({ scope, parameters: { prompt: 'consent' } })
  const token = await login.requestToken(await logIn(url), transaction)
  tokens.push(token, await acme.grant(Refresh).requestToken(token))
  await acme.revoke(tokens.at(-1) ?? token)
  return new Set(tokens.map(({ accessToken }) => accessToken)).size
}

test.each(['ES256', 'PS256', 'RS256', 'EdDSA'])('R110: a real server accepts assertions by %s', async (algorithm) => {
  const key = await clientKey(algorithm)
  const jwk = { ...(await exportJWK(key.publicKey)), kid: 'key-1', alg: algorithm, use: 'sig' }
  const metadata = { token_endpoint_auth_signing_alg: algorithm }
  const clients = [{ clientId: 'cid', keys: [jwk], metadata }]
  const server = await authorizationServer({ clients })
  expect(await use(server.issuer, server.logIn, signer(key.pem, { algorithm }))).toBe(4)
})

test('R110: a real server accepts assertions that the secret signs', async () => {
  const authentication = 'client_secret_jwt' as const
  const client = { clientId: 'cid', clientSecret: secret, authentication }
  const clients = [client]
  const server = await authorizationServer({ clients })
  const registration = { ...client, redirectUri: 'https://app.example/callback' }
  expect(await use(server.issuer, server.logIn, registration)).toBe(4)
})
