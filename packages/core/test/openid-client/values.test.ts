import { Provider, type ProviderDefinition, Token } from '@grantkit/core'
import { authorizationUrl, callbackUrl, configurationOf, tokenFrom } from '@grantkit/core/openid-client'
import { authorizationCodeGrant } from 'openid-client'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { someTime } from '../support/clock.ts'
import { errorOf, goodToken, scene } from '../support/scene.ts'

const response = { access_token: '2YotnFZFEjr1zCsicMWpAA', token_type: 'bearer', expires_in: 60 } as const
const verified = (claims: object) =>
  Object.assign({ ...response, id_token: 'canary-id-token' }, { claims: () => claims }) as Parameters<
    typeof tokenFrom
  >[0]

const acme = (
  definition: Partial<ProviderDefinition> = {},
  redirectUri: string | readonly string[] = 'https://app.example/cb',
) => new Provider({ name: 'acme', metadata, ...definition }, { clientId: 'cid', redirectUri })

describe('tokenFrom', () => {
  test('makes a token, whose lifetime starts when the response came', () => {
    const token = tokenFrom({ ...response, scope: 'b a', instance: 'eu' }, { now: someTime, scope: ['a'] })
    expect({ ...token }).toEqual({
      accessToken: response.access_token,
      tokenType: 'Bearer',
      scope: ['b', 'a'],
      requestedScope: ['a'],
      expiresAt: someTime + 60_000,
      extra: { instance: 'eu' },
    })
    expect(tokenFrom(response, { scope: ['a'] }).scope).toEqual(['a'])
    expect(tokenFrom(response).scope).toEqual([])
  })

  test('keeps of the token before what the response leaves out', () => {
    const previous = new Token({
      accessToken: 'canary-before',
      scope: ['a'],
      refreshToken: 'canary-refresh-token',
      refreshExpiresAt: someTime,
      expiresAt: someTime,
      extra: { instance: 'eu', region: 1 },
    })
    const kept = tokenFrom({ ...response, region: 2, expires_in: undefined as never }, { previous })
    expect(kept).toMatchObject({ scope: ['a'], refreshToken: 'canary-refresh-token', refreshExpiresAt: someTime })
    expect(kept.extra).toEqual({ instance: 'eu', region: 2 })
    expect(kept).not.toHaveProperty('expiresAt')
    const rotated = tokenFrom({ ...response, refresh_token: 'canary-next' }, { previous })
    expect(rotated.refreshToken).toBe('canary-next')
    expect(rotated).not.toHaveProperty('refreshExpiresAt')
  })

  test('takes the claims that openid-client has checked, and leaves an unchecked ID token unread', () => {
    const { claims, idToken } = tokenFrom(verified({ iss: 'i', sub: 'ada' }))
    expect({ claims, idToken }).toEqual({ claims: { iss: 'i', sub: 'ada' }, idToken: 'canary-id-token' })
    const unread = tokenFrom({ ...response, id_token: 'canary-id-token' })
    expect(unread).not.toHaveProperty('claims')
    expect(unread.extra).toEqual({ id_token: 'canary-id-token' })
  })

  test('of one user never replaces the token of another', async () => {
    const previous = tokenFrom(verified({ iss: 'i', sub: 'ada' }))
    const error = await errorOf(() => tokenFrom(verified({ iss: 'i', sub: 'bob' }), { previous }))
    expect(error).toMatchObject({ code: 'id_token_invalid' })
    expect(tokenFrom(verified({ iss: 'i', sub: 'ada' }), { previous }).claims).toMatchObject({ sub: 'ada' })
  })

  test.each([
    [{ access_token: 'a\u00E9' }, 'token_response_invalid'],
    [{ refresh_token: 'a\nb' }, 'token_response_invalid'],
    [{ scope: 'a"b' }, 'token_response_invalid'],
    [{ refresh_token_expires_in: -1 }, 'token_response_invalid'],
    [{ token_type: 'dpop' as const }, 'token_type_mismatch'],
  ])('refuses %o, which openid-client takes', async (change, code) => {
    expect(await errorOf(() => tokenFrom({ ...response, ...change }))).toMatchObject({ code })
  })

  test('takes a DPoP token where there was a proof, and no other then', async () => {
    const bound = { ...response, token_type: 'dpop' as const }
    expect(tokenFrom(bound, { dpop: true }).tokenType).toBe('DPoP')
    expect(await errorOf(() => tokenFrom(response, { dpop: true }))).toMatchObject({ code: 'token_type_mismatch' })
  })

  test('has a token of a token exchange that cannot be used at an API', () => {
    expect(tokenFrom({ ...response, token_type: 'n_a' }).tokenType).toBe('N_A')
  })
})

describe('authorizationUrl', () => {
  test('has the parameters of the caller, of the definition and of the client, as the provider expects them', async () => {
    const provider = acme({
      parameters: { authorization: { access_type: 'offline', prompt: 'consent' } },
      authorizationRequest: { renamed: { client_id: 'appid' }, space: '%20', fragment: 'top', codeChallenge: 'hex' },
      scopeSeparator: ',',
    })
    const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    const url = await authorizationUrl(provider, {
      scope: 'a b',
      prompt: 'none',
      title: 'x y',
      code_challenge: challenge,
    })
    expect(Object.fromEntries(url.searchParams)).toEqual({
      access_type: 'offline',
      prompt: 'none',
      response_type: 'code',
      appid: 'cid',
      redirect_uri: 'https://app.example/cb',
      scope: 'a,b',
      title: 'x y',
      code_challenge: '13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3',
    })
    expect(url.href).toMatch(/title=x%20y.*#top$/)
  })

  test('repeats what URLSearchParams repeat, and is refused without an endpoint', async () => {
    const twice = new URLSearchParams([
      ['resource', 'https://a.example'],
      ['resource', 'https://b.example'],
    ])
    expect((await authorizationUrl(acme(), twice)).searchParams.getAll('resource')).toHaveLength(2)
    const { token_endpoint, issuer } = metadata
    const error = await errorOf(authorizationUrl(acme({ metadata: { issuer, token_endpoint } })))
    expect(error).toMatchObject({ code: 'config_invalid' })
  })
})

describe('callbackUrl', () => {
  test('is the redirect URI, with the parameters by their names in the standards', async () => {
    const provider = acme({ callback: { renamed: { code: 'auth_code' } } })
    const expected = 'https://app.example/cb?code=canary-code&state=s'
    const request = new Request('http://10.0.0.1:3000/cb?auth_code=canary-code&state=s')
    for (const callback of [request, request.url, new URL(request.url), { auth_code: 'canary-code', state: 's' }])
      expect((await callbackUrl(provider, callback)).href).toBe(expected)
    expect(await errorOf(callbackUrl(provider, 'nothing'))).toMatchObject({ code: 'callback_invalid' })
  })

  test.each(['https://app.example', 'https://app.example/cb?tenant=1', 'http://127.0.0.1:8888/callback'])(
    'lets the token request have the redirect URI %s byte for byte',
    async (redirectUri) => {
      const { provider, lastRequest } = await scene({ json: goodToken })
      const client = { clientId: 'cid', redirectUri: ['https://other.example/cb', redirectUri] }
      const stage = provider(client, {})
      const callback = await callbackUrl(stage, '?code=canary-code&state=s', { redirectUri })
      await authorizationCodeGrant(await configurationOf(stage), callback, { expectedState: 's' })
      expect((await lastRequest()).form?.['redirect_uri']).toBe(redirectUri)
    },
  )
})
