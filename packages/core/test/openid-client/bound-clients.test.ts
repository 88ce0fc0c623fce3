import { ClientCredentials } from '@grantkit/core'
import { configurationOf, tokenFrom } from '@grantkit/core/openid-client'
import { clientCredentialsGrant, fetchUserInfo, refreshTokenGrant } from 'openid-client'
import { expect, test } from 'vitest'
import { apiWants, boundToken, claimsOf, keyPair, serverWants } from '../support/dpop.ts'
import { confidential, scene } from '../support/scene.ts'

// A provider with a key of its own: openid-client knows nothing of it, and its requests are proven all the same.

async function boundStage() {
  const { server, provider } = await scene(serverWants('n-1'), { json: boundToken(1) }, { json: boundToken(2) })
  await server.reply('/userinfo', apiWants('DPoP error="use_dpop_nonce"', 'n-2'), { json: { sub: 'ada' } })
  const metadata = { token_endpoint: `${server.url}/token`, userinfo_endpoint: `${server.url}/userinfo` }
  const acme = provider(confidential, { metadata }, { dpop: await keyPair() })
  return { server, acme, configuration: await configurationOf(acme) }
}

test('a token request has a proof, with the nonce that the server wants', async () => {
  const { server, configuration } = await boundStage()
  const response = await clientCredentialsGrant(configuration)
  expect(tokenFrom(response, { dpop: true })).toMatchObject({ accessToken: 'canary-bound-1', tokenType: 'DPoP' })
  const refreshed = await refreshTokenGrant(configuration, 'canary-refresh-token')
  expect(tokenFrom(refreshed, { dpop: true }).tokenType).toBe('DPoP')
  const proofs = await claimsOf(await server.requests())
  expect(proofs.map(({ htu, nonce }) => [new URL(htu).pathname, nonce])).toEqual([
    ['/token', undefined],
    ['/token', 'n-1'],
    ['/token', 'n-1'],
  ])
  expect(new Set(proofs.map(({ jti }) => jti)).size).toBe(3)
})

test('user information is asked for with the token as a DPoP token, and once more with a nonce', async () => {
  const { server, acme, configuration } = await boundStage()
  const { accessToken } = await acme.grant(ClientCredentials).requestToken()
  expect(await fetchUserInfo(configuration, accessToken, 'ada')).toEqual({ sub: 'ada' })
  const asked = (await server.requests()).filter(({ path }) => path === '/userinfo')
  expect(asked.map(({ headers }) => headers['authorization'])).toEqual(asked.map(() => `DPoP ${accessToken}`))
  const proofs = await claimsOf(asked)
  expect(proofs.map(({ htm, nonce }) => [htm, nonce])).toEqual([
    ['GET', 'n-1'],
    ['GET', 'n-2'],
  ])
  expect(proofs.every(({ ath }) => typeof ath === 'string')).toBe(true)
})
