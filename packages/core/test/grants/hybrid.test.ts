import type { AuthorizationOptions, Callback, Transaction } from '@grantkit/core'
import type { JWTPayload } from 'jose'
import { describe, expect, test } from 'vitest'
import { errorOf, goodToken } from '../support/scene.ts'
import { accessToken, es256, keyOf, sign } from '../support/openid.ts'
import { parametersOf, requestStage } from '../support/request-stage.ts'

const leftHalf = async (text: string) => {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return btoa(String.fromCharCode(...hash.subarray(0, 16)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** A login whose callback brings an ID token beside the code. */
async function begin(options: AuthorizationOptions = {}) {
  const stage = await requestStage({ token: null })
  const login = stage.login()
  const { url, transaction } = await login.authorize({
    scope: ['openid', 'read'],
    responseType: 'code id_token',
    ...options,
  })
  const { state, nonce } = transaction
  const code = 'canary-code'
  /** The ID token of the callback, with these changes. */
  const front = async (change: object = {}, signing?: Parameters<typeof sign>[1]) => {
    const claims = { ...stage.claims(), nonce, c_hash: await leftHalf(code), s_hash: await leftHalf(state), ...change }
    return sign(JSON.parse(JSON.stringify(claims)) as JWTPayload, signing)
  }
  /** The ID token of the token response, with these changes. */
  const back = async (change: object = {}) => {
    await stage.answer(await sign({ ...stage.claims(), nonce, ...change }))
  }
  const refused = async (callback: Callback) => {
    const error = await errorOf(login.requestToken(callback, transaction))
    expect(await stage.tokenRequests(), 'nothing is sent').toHaveLength(0)
    return error
  }
  return { ...stage, grant: login, url, transaction, state, code, front, back, refused }
}

describe('a login that asks for an ID token beside the code', () => {
  test('R218, oidcc-client-test-nonce-unless-code-flow: sends a nonce, verifies both, and redeems the code', async () => {
    const { grant, url, transaction, code, state, front, back, tokenRequests } = await begin()
    expect(parametersOf(url)).toMatchObject({ response_type: 'code id_token', nonce: transaction.nonce })
    expect(parametersOf(url)).not.toHaveProperty('response_mode')
    await back()
    const stored = JSON.parse(JSON.stringify(transaction)) as Transaction
    const callback = `https://app.example/callback#code=${code}&id_token=${await front()}&state=${state}`
    const token = await grant.requestToken(callback, stored)
    expect(token.claims?.sub).toBe('ada')
    expect(token.accessToken).toBe(accessToken)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('may be brought back by a form', async () => {
    const { grant, url, transaction, code, state, front, back } = await begin({ responseMode: 'form_post' })
    expect(parametersOf(url)).toMatchObject({ response_mode: 'form_post' })
    await back()
    const token = await grant.requestToken({ code, id_token: await front(), state }, transaction)
    expect(token.claims?.sub).toBe('ada')
  })

  test('may be signed as a whole', async () => {
    const { grant, transaction, code, state, front, back, response } = await begin({ responseMode: 'jwt' })
    await back()
    const signed = await response({ code, id_token: await front(), state })
    const token = await grant.requestToken(`/callback?code=other#response=${signed}`, transaction)
    expect(token.claims?.sub).toBe('ada')
  })

  test('reads the fragment alone', async () => {
    const { refused, code, state, front } = await begin()
    const query = `code=${code}&id_token=${await front()}&state=${state}`
    expect((await refused(`/callback?${query}`)).message).toContain('location.href')
    expect((await refused(new URL(`https://app.example/callback?${query}#`))).code).toBe('state_mismatch')
    expect((await refused(new Request(`https://app.example/callback?${query}`))).message).toContain('form_post')
  })

  test.each<[string, object]>([
    ['R228, oidcc-client-test-missing-chash: no hash of the code', { c_hash: undefined }],
    ['R228, oidcc-client-test-invalid-chash: the hash of another code', { c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['the hash of another state', { s_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another client', { aud: 'other' }],
    ['an expiry that has passed', { exp: 1_700_000_000 }],
    ['no user', { sub: undefined }],
    ['the hash of an access token that did not come', { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  ])('%s, in the ID token of the callback, is refused', async (_, change) => {
    const { refused, code, state, front } = await begin()
    const error = await refused(`#code=${code}&id_token=${await front(change)}&state=${state}`)
    expect(error.code).toBe('id_token_invalid')
  })

  test('needs no hash of the state', async () => {
    const { grant, transaction, code, state, front, back } = await begin()
    await back()
    const callback = `#code=${code}&id_token=${await front({ s_hash: undefined })}&state=${state}`
    expect((await grant.requestToken(callback, transaction)).claims?.sub).toBe('ada')
  })

  test('is refused where the ID token is signed by somebody else', async () => {
    const { refused, code, state, front } = await begin()
    for (const key of [es256, await keyOf('RS256', 'k1')]) {
      const error = await refused(`#code=${code}&id_token=${await front({}, { key })}&state=${state}`)
      expect(error.code).toBe('id_token_invalid')
    }
  })

  test.each([
    ['#code={code}&state={state}', 'callback_invalid'],
    ['#code={code}&id_token=&state={state}', 'callback_invalid'],
    ['#code={code}&id_token={token}&id_token={token}&state={state}', 'callback_invalid'],
    ['#id_token={token}&state={state}', 'callback_invalid'],
    ['#code={code}&id_token={token}&access_token=a&state={state}', 'callback_invalid'],
    ['#code={code}&id_token={token}&state=other', 'state_mismatch'],
    ['#error=login_required&state={state}', 'authorization_error'],
  ])('is refused for %s: %s', async (template, code) => {
    const login = await begin()
    const values = { code: login.code, state: login.state, token: await login.front() }
    const callback = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name as 'code'])
    expect((await login.refused(callback)).code).toBe(code)
  })

  test('is refused where the two ID tokens are about two users', async () => {
    const { grant, transaction, code, state, front, back } = await begin()
    await back({ sub: 'grace' })
    const callback = `#code=${code}&id_token=${await front()}&state=${state}`
    const error = await errorOf(grant.requestToken(callback, transaction))
    expect(error.code).toBe('id_token_invalid')
    expect(error.message).toContain('another user')
    expect((await errorOf(grant.requestToken(callback, transaction))).code).toBe('transaction_used')
  })

  test('is refused where the token response has no ID token', async () => {
    const { server, grant, transaction, code, state, front } = await begin()
    await server.reply('/token', { json: goodToken })
    const callback = `#code=${code}&id_token=${await front()}&state=${state}`
    expect((await errorOf(grant.requestToken(callback, transaction))).code).toBe('id_token_invalid')
  })
})

describe('what cannot be asked for is config_invalid', () => {
  test.each<[string, object, string]>([
    ['no openid in the scope', { scope: ['read'] }, `needs the scope 'openid'`],
    ['an ID token in the query', { responseMode: 'query' }, `responseMode: 'form_post'`],
    ['a signed one in the query', { responseMode: 'query.jwt' }, `responseMode: 'form_post'`],
    ['a token', { responseType: 'token' }, `'code id_token'`],
    ['an ID token alone', { responseType: 'id_token' }, `'code id_token'`],
    ['a token beside the code', { responseType: 'code token' }, `'code id_token'`],
    ['everything', { responseType: 'code id_token token' }, `'code id_token'`],
    ['another mode', { responseMode: 'web_message' }, `'form_post.jwt'`],
  ])('%s', async (_, options, message) => {
    const error = await errorOf(begin(options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(message)
  })

  test('and does not compile', () => {
    // @ts-expect-error -- tokens do not travel in a URL
    const implicit: AuthorizationOptions = { responseType: 'token' }
    // @ts-expect-error -- misspelt
    const mode: AuthorizationOptions = { responseMode: 'formPost' }
    expect([implicit, mode]).toHaveLength(2)
  })
})

test('an ID token that was not asked for is refused in a callback', async () => {
  const { login, claims } = await requestStage()
  const grant = login()
  const { transaction } = await grant.authorize({ scope: ['openid'], responseType: 'code' })
  expect(transaction).not.toHaveProperty('responseType')
  const callback = `?code=canary-code&id_token=${await sign(claims())}&state=${transaction.state}`
  expect((await errorOf(grant.requestToken(callback, transaction))).code).toBe('callback_invalid')
})
