import { Pkce, Provider, Refresh } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { logIn, openid, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

describe('OpenID Connect at a real server', () => {
  test('R217, R218: the scope has openid, the nonce is sent, and the claims of a verified ID token are on the token', async () => {
    const server = await authorizationServer()
    const provider = await Provider.discover(server.issuer, server.clients.public)
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    expect(url.searchParams.get('scope')).toBe('openid')
    expect(url.searchParams.get('nonce')).toBe(transaction.nonce)
    const token = await login.requestToken(await server.logIn(url), transaction)
    expect(token.claims).toMatchObject({ iss: server.issuer, sub: 'ada', nonce: transaction.nonce })
    expect(token.idToken).toMatch(/^ey/)
    expect(token.extra).not.toHaveProperty('id_token')
    expect((await provider.grant(Refresh).requestToken(token)).claims?.['sub']).toBe('ada')
  })
})

describe('when OpenID Connect applies', () => {
  test('R217: with "openid" in the scope, an ID token is required', async () => {
    const stage = await openid()
    await stage.answer(undefined)
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    expect((await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))).code).toBe(
      'id_token_invalid',
    )
  })

  test('R32: without, an ID token is left in the extras, unread, and there is no claim to believe', async () => {
    const stage = await openid()
    await stage.answer('nonsense')
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['read'] })
    const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.extra).toEqual({ id_token: 'nonsense' })
    expect(token).not.toHaveProperty('claims')
    expect(transaction).not.toHaveProperty('nonce')
    expect(await stage.jwksRequests()).toBe(0)
  })

  test.each([['issuer'], ['jwks_uri']])(
    'a provider without %s says so before the user is sent anywhere',
    async (member) => {
      const { provider } = await openid({ metadata: { [member]: undefined } })
      const error = await errorOf(provider.grant(Pkce).authorize({ scope: ['openid'] }))
      expect(error.code).toBe('config_invalid')
      expect(error.message).toContain(member)
    },
  )
})

describe('a refreshed ID token', () => {
  async function refreshed(change: object) {
    const stage = await openid()
    const token = (await logIn(stage, { auth_time: 5, azp: 'cid' })).with({ refreshToken: 'canary-refresh-token' })
    await stage.answer(await sign(JSON.parse(JSON.stringify({ ...stage.claims(), ...change })) as JWTPayload), {
      refresh_token: 'canary-rotated-token',
    })
    return { token, result: stage.provider.grant(Refresh).requestToken(token) }
  }

  test.each<[string, object]>([
    ['another user', { sub: 'eve' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another client', { azp: 'other' }],
    ['another login', { auth_time: 6 }],
    ['another nonce', { nonce: 'other' }],
  ])('R237, G28: of %s is refused', async (_, change) =>
    expect((await errorOf((await refreshed(change)).result)).code).toBe('id_token_invalid'),
  )

  test('R237: of the same login is accepted, without a nonce', async () => {
    const { result, token } = await refreshed({ auth_time: 5 })
    const fresh = await result
    expect(fresh.claims).toMatchObject({ sub: 'ada', auth_time: 5 })
    expect(fresh.idToken).not.toBe(token.idToken)
  })

  test.each([
    [['cid', 'api'], true],
    [['api', 'more', 'cid'], true],
    [['cid'], false],
    ['cid', false],
  ])('R237: of the audience cid and api: %j is accepted: %s', async (aud, accepted) => {
    const stage = await openid()
    const token = await logIn(stage, { aud: ['cid', 'api'], azp: 'cid' })
    await stage.answer(await sign({ ...stage.claims(), aud, azp: 'cid' }))
    const result = stage.provider.grant(Refresh).requestToken(token.with({ refreshToken: 'canary-refresh-token' }))
    if (accepted) expect((await result).claims?.['aud']).toEqual(aud)
    else expect((await errorOf(result)).code).toBe('id_token_invalid')
  })

  test('is not needed: the old one stays', async () => {
    const stage = await openid()
    const token = (await logIn(stage)).with({ refreshToken: 'canary-refresh-token' })
    await stage.answer(undefined)
    const { idToken, claims } = await stage.provider.grant(Refresh).requestToken(token)
    expect({ idToken, claims }).toEqual({ idToken: token.idToken, claims: token.claims })
  })
})
