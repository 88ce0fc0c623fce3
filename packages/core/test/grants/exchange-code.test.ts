import { AuthorizationCode, type CheckedCode, Pkce } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { accessToken, openid, sign } from '../support/openid.ts'
import { errorOf, goodToken, redirectUri, scene } from '../support/scene.ts'

const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'

describe('a code whose state you compared yourself', () => {
  test('is redeemed with what you give', async () => {
    const { provider, lastRequest } = await scene()
    const checked = { code: 'canary-code', codeVerifier, redirectUri: 'https://app.example/other' }
    const options = { parameters: { audience: 'orders' }, scope: ['read'], resource: 'https://api.example/' }
    const token = await provider().grant(Pkce).exchangeCode(checked, options)
    expect((await lastRequest()).form).toEqual({
      grant_type: 'authorization_code',
      code: 'canary-code',
      code_verifier: codeVerifier,
      redirect_uri: 'https://app.example/other',
      audience: 'orders',
      resource: 'https://api.example/',
    })
    expect(token).toMatchObject({ scope: ['read'], resource: 'https://api.example/' })
  })

  test('is redeemed with the first redirect URI of the client, where there are no others', async () => {
    const { provider, lastRequest } = await scene()
    await provider().grant(AuthorizationCode).exchangeCode({ code: 'canary-code' })
    expect((await lastRequest()).form).toMatchObject({ redirect_uri: redirectUri })
  })
})

describe('no slip of the hand skips the state', () => {
  test('a code without its transaction is refused', async () => {
    const { login, tokenRequests } = await begin()
    // @ts-expect-error requestToken needs the transaction of the login
    const forgotten = errorOf(login.requestToken({ code: 'canary-code', codeVerifier }))
    expect(await forgotten).toMatchObject({ code: 'state_mismatch', action: 'reauthorize' })
    expect((await forgotten).message).toContain('exchangeCode')
    expect((await errorOf(login.requestToken('?code=canary-code', undefined))).code).toBe('state_mismatch')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('an argument with a state says to use requestToken', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    for (const checked of [
      { code: 'canary-code', codeVerifier, state },
      { code: 'canary-code', codeVerifier, state: undefined },
      { ...transaction, code: 'canary-code' },
    ]) {
      const error = await errorOf(login.exchangeCode(checked))
      expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
      expect(error.message).toContain('use requestToken(callback, transaction)')
    }
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each<[string, unknown]>([
    ['a string', 'canary-code'],
    ['nothing', undefined],
    ['null', null],
    ['an object without a code', { codeVerifier }],
    ['an empty code', { code: '', codeVerifier }],
    ['a code that is not a string', { code: ['canary-code'], codeVerifier }],
    ['the parameters of a callback', new URLSearchParams('code=canary-code&state=x')],
    ['a URL', new URL('https://app.example/cb?code=canary-code')],
    ['a Request', new Request('https://app.example/cb?code=canary-code')],
  ])('%s is not a code', async (_, checked) => {
    const { login, tokenRequests } = await begin()
    expect(await errorOf(login.exchangeCode(checked as CheckedCode))).toMatchObject({
      code: 'config_invalid',
      message: 'there is no code: write exchangeCode({ code, codeVerifier })',
    })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    ['code_verifier', 'write "codeVerifier"'],
    ['redirect_uri', 'write "redirectUri"'],
    ['scope', 'exchangeCode({ code, codeVerifier }, { scope })'],
    ['iss', 'there are code, codeVerifier, redirectUri, nonce'],
    ['__proto__', 'there are code, codeVerifier, redirectUri, nonce'],
  ])('a field %s, which does not exist, says what to write', async (name, advice) => {
    const { login, tokenRequests } = await begin()
    const checked = JSON.parse(JSON.stringify({ code: 'canary-code', codeVerifier }).replace('}', `,"${name}":"x"}`))
    const error = await errorOf(login.exchangeCode(checked as CheckedCode))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('the state of a field that does not exist is not in the error', async () => {
    const { login } = await begin()
    const error = await errorOf(
      login.exchangeCode({ code: 'canary-code', codeVerifier, state: 'canary-state' } as CheckedCode),
    )
    expect(error.message).not.toContain('canary')
  })
})

describe('a code of an OpenID Connect login', () => {
  const nonce = 'the nonce of the authorization URL'

  /** Exchanges a code; the response has this ID token, or none. */
  async function exchange(change: object | undefined, checked: Partial<CheckedCode>, scope?: readonly string[]) {
    const stage = await openid()
    const claims = { ...stage.claims(), nonce, ...change }
    const idToken = change && (await sign(JSON.parse(JSON.stringify(claims)) as JWTPayload))
    await stage.answer(idToken)
    return stage.provider.grant(Pkce).exchangeCode({ code: 'canary-code', codeVerifier, ...checked }, { scope })
  }

  test('brings verified claims, by its nonce or by its scope', async () => {
    expect((await exchange({}, { nonce })).claims).toMatchObject({ sub: 'ada', nonce })
    expect((await exchange({}, { nonce }, ['openid'])).claims?.sub).toBe('ada')
    expect((await exchange({ nonce: undefined }, {}, ['openid'])).claims?.sub).toBe('ada')
  })

  test.each<[string, object | undefined, Partial<CheckedCode>, readonly string[] | undefined]>([
    ['without an ID token, though there was a nonce', undefined, { nonce }, undefined],
    ['without an ID token, though the scope has openid', undefined, {}, ['openid']],
    ['with the nonce of another login', { nonce: 'other' }, { nonce }, undefined],
    ['with a nonce that you did not give', {}, {}, ['openid']],
    ['without the nonce that you gave', { nonce: undefined }, { nonce }, undefined],
    ['for another client', { aud: 'other' }, { nonce }, undefined],
    ['with the hash of another code', { c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }, { nonce }, undefined],
  ])('is refused %s', async (_, change, checked, scope) => {
    expect((await errorOf(exchange(change, checked, scope))).code).toBe('id_token_invalid')
  })

  test('is left alone where it was not one: an ID token stays unread', async () => {
    const { provider } = await scene({ json: { ...goodToken, access_token: accessToken, id_token: 'canary.id.token' } })
    const token = await provider().grant(Pkce).exchangeCode({ code: 'canary-code', codeVerifier })
    expect(token.extra).toEqual({ id_token: 'canary.id.token' })
    expect(token).not.toHaveProperty('claims')
  })
})
