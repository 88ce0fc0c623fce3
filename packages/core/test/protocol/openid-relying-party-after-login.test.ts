import { Provider, Refresh } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { logoutStage } from '../support/logout.ts'
import { accessToken, es256, keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { errorOf } from '../support/scene.ts'

// The modules of the OpenID Foundation's suite for relying parties that are about what follows a login, by their names:
// user information, rotated keys, refreshed tokens, and the two ways to log out.

const jwt = { 'content-type': 'application/jwt' }

/** A user who has logged in where the userinfo endpoint answers with these claims. */
async function loggedIn(claims: object, signed = false) {
  const stage = await openid()
  const { iss, aud } = stage.claims()
  const reply = signed ? { text: await sign({ iss, aud, ...claims } as never), headers: jwt } : { json: claims }
  await stage.server.reply('/userinfo', reply)
  const token = await logIn(stage)
  const asked = async () => (await stage.server.requests()).filter(({ path }) => path === '/userinfo')
  return { ...stage, token, asked }
}

describe('user information', () => {
  test('oidcc-client-test: after the login it is asked for', async () => {
    const { provider, token } = await loggedIn({ sub: 'ada', name: 'Ada' })
    expect(await provider.userinfo(token)).toEqual({ sub: 'ada', name: 'Ada' })
  })

  test('oidcc-client-test-userinfo-invalid-sub, R234: that of another user is refused', async () => {
    const { provider, token } = await loggedIn({ sub: 'adainvalid' })
    expect((await errorOf(provider.userinfo(token))).code).toBe('userinfo_invalid')
  })

  test('oidcc-client-test-userinfo-bearer-header, R236: the token is in the header, once', async () => {
    const { provider, token, asked } = await loggedIn({ sub: 'ada' })
    await provider.userinfo(token)
    const [request] = await asked()
    expect(request?.headers['authorization']).toBe(`Bearer ${accessToken}`)
    expect(`${request?.url}${request?.body}`).not.toContain(accessToken)
  })

  test('oidcc-client-test-userinfo-signed, R235: a signed one is validated', async () => {
    const { provider, token } = await loggedIn({ sub: 'ada', name: 'Ada' }, true)
    expect((await provider.userinfo(token, { signed: true })).name).toBe('Ada')
    const plain = await loggedIn({ sub: 'ada' })
    expect((await errorOf(plain.provider.userinfo(plain.token, { signed: true }))).code).toBe('userinfo_invalid')
  })

  test('oidcc-client-test-aggregated-claims: claims of others are handed on, and not taken for the user’s', async () => {
    const others = { _claim_names: { address: 'src' }, _claim_sources: { src: { JWT: 'e30.e30.x' } } }
    const { provider, token } = await loggedIn({ sub: 'ada', ...others })
    expect(await provider.userinfo(token)).toEqual({ sub: 'ada', ...others })
  })

  test('oidcc-client-test-distributed-claims: nothing is fetched from where a response points', async () => {
    const source = { src: { endpoint: 'https://evil.example/claims', access_token: 'canary' } }
    const { provider, token, server } = await loggedIn({ sub: 'ada', _claim_sources: source })
    await provider.userinfo(token)
    expect(new Set((await server.requests()).map(({ path }) => path))).toEqual(
      new Set(['/token', '/jwks', '/userinfo']),
    )
  })
})

describe('a refreshed token', () => {
  test('oidcc-client-test-refresh-token: user information is asked for with the new one', async () => {
    const stage = await loggedIn({ sub: 'ada' })
    await stage.answer(await sign(stage.claims()), { access_token: 'canary-new-access' })
    const fresh = await stage.provider.grant(Refresh).requestToken(stage.token.with({ refreshToken: 'canary-refresh' }))
    expect((await stage.provider.userinfo(fresh)).sub).toBe('ada')
    expect((await stage.asked()).at(-1)?.headers['authorization']).toBe('Bearer canary-new-access')
  })
})

describe('rotated keys', () => {
  test('oidcc-client-test-signing-key-rotation: keys that were rotated after the login verify user information', async () => {
    const stage = await openid()
    const token = await logIn(stage)
    const next = await keyOf('RS256', 'next')
    await stage.publish(next.jwk)
    const { iss, aud } = stage.claims()
    const text = await sign({ iss, aud, sub: 'ada' } as never, { key: next })
    await stage.server.reply('/userinfo', { text, headers: jwt })
    expect((await stage.provider.userinfo(token, { signed: true })).sub).toBe('ada')
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('R231: five logout tokens with unknown keys make no more than one refetch', async () => {
    const stage = await logoutStage()
    const unknown = await keyOf('RS256', 'unknown')
    for (let i = 0; i < 5; i++) await errorOf(stage.provider.verifyLogoutToken(await stage.issue({}, { key: unknown })))
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('R233: a key of another kind under the same ID is no obstacle, in any order', async () => {
    const decoy = { ...es256.jwk, kid: 'k1' }
    for (const keys of [
      [decoy, rs256.jwk],
      [rs256.jwk, decoy],
    ]) {
      const stage = await logoutStage({ keys })
      expect((await stage.provider.verifyLogoutToken(await stage.issue())).sub).toBe('ada')
    }
  })
})

describe('R243: a logout that the app begins', () => {
  const metadata = {
    token_endpoint: 'https://id.acme.example/token',
    end_session_endpoint: 'https://id.acme.example/logout',
  }
  const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' })
  const sent = (state?: string) => {
    const url = provider.logoutUrl({ idToken: 'e30.e30.x', returnTo: 'https://app.example/bye', state })
    return Object.fromEntries(url.searchParams)
  }

  test.each([
    ['oidcc-client-test-rp-init-logout: the login is named, and a state is sent', 'state-1'],
    ['oidcc-client-test-rp-init-logout-other-state: the state is compared by the app', 'state-2'],
    ['oidcc-client-test-rp-init-logout-no-state: there may be no state', undefined],
  ])('%s', (_, state) => {
    expect(sent(state)).toEqual({
      id_token_hint: 'e30.e30.x',
      client_id: 'cid',
      post_logout_redirect_uri: 'https://app.example/bye',
      ...(state !== undefined && { state }),
    })
  })
})

describe('R244: a logout that the provider tells', () => {
  test('oidcc-client-test-rp-backchannel-rpinitlogout: the user of a login is named', async () => {
    const stage = await logoutStage()
    const token = await logIn(stage, { sid: 'session-1' })
    const { sub, sid } = await stage.provider.verifyLogoutToken(await stage.issue())
    expect([sub, sid]).toEqual([token.claims?.sub, token.claims?.sid])
  })

  const event = { 'http://schemas.openid.net/event/backchannel-logoutinvalid': {} }
  test.each<[string, object, Parameters<typeof sign>[1]?]>([
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-no-event', { events: undefined }],
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce', { nonce: 'n' }],
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg', {}, { key: es256 }],
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud', { aud: 'other' }],
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event', { events: event }],
    ['R244, oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss', { iss: 'https://evil.example' }],
  ])('%s: is refused', async (_, change, signing) => {
    const { provider, issue } = await logoutStage({ keys: [rs256.jwk, es256.jwk] })
    expect((await errorOf(provider.verifyLogoutToken(await issue(change, signing)))).code).toBe('logout_token_invalid')
  })

  test('R244, A22, oidcc-client-test-rp-backchannel-rpinitlogout-alg-none: is refused', async () => {
    const { provider, claims } = await logoutStage()
    const part = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
    const unsigned = `${part({ alg: 'none', typ: 'logout+jwt' })}.${part(claims())}.`
    expect((await errorOf(provider.verifyLogoutToken(unsigned))).code).toBe('logout_token_invalid')
  })

  test('one user’s logout says nothing of another’s', async () => {
    const stage = await logoutStage()
    const logins = await Promise.all(['ada', 'bob'].map(async (sub) => stage.issue({ sub, sid: undefined })))
    const users = await Promise.all(logins.map(async (token) => (await stage.provider.verifyLogoutToken(token)).sub))
    expect(users).toEqual(['ada', 'bob'])
  })
})
