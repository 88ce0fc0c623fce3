import type { BackchannelAuthenticationOptions, BackchannelTransaction } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { cibaStage } from '../support/ciba-stage.ts'
import { accessToken } from '../support/openid.ts'
import { pending, request, slowDown } from '../support/pending-stage.ts'
import { clientSecret, errorOf, goodToken, publicClient } from '../support/scene.ts'

const asked = { scope: ['openid', 'payments'], loginHint: 'canary-ada@example.org' }

describe('a login that the client begins', () => {
  test('sends who is asked and for what, as an authenticated form', async () => {
    const { ciba, sentTo } = await cibaStage()
    await ciba.authorize({
      ...asked,
      bindingMessage: 'W4SCT',
      userCode: 'canary-pin',
      acrValues: ['gold', 'silver'],
      requestedExpiry: 120,
      resource: 'https://api.example/',
      parameters: { till: '7' },
    })
    const [sent] = await sentTo('/bc')
    expect(sent?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(sent?.form).toEqual({
      scope: 'openid payments',
      login_hint: asked.loginHint,
      binding_message: 'W4SCT',
      user_code: 'canary-pin',
      acr_values: 'gold silver',
      requested_expiry: '120',
      resource: 'https://api.example/',
      till: '7',
    })
  })

  test('is kept as plain JSON', async () => {
    const { ciba, clock, server } = await cibaStage()
    const { transaction, expiresAt } = await ciba.authorize(asked)
    expect(JSON.parse(JSON.stringify(transaction))).toEqual({
      authReqId: request.auth_req_id,
      scope: asked.scope,
      provider: 'acme',
      issuer: server.url,
      interval: 7,
      createdAt: clock.now(),
      expiresAt,
    })
    expect(expiresAt).toBe(clock.now() + 900_000)
  })

  test.each<[string, object, string]>([
    ['no options', undefined as never, 'loginHint'],
    ['no hint', { scope: ['openid'] }, 'exactly one of loginHint'],
    ['an empty hint', { scope: ['openid'], loginHint: '' }, 'exactly one of loginHint'],
    ['two hints', { ...asked, idTokenHint: 'canary-a.b.c' }, 'exactly one of loginHint'],
    ['a hint among the parameters', { scope: ['openid'], parameters: { login_hint: 'ada' } }, 'exactly one of'],
    ['a second hint among the parameters', { ...asked, parameters: { id_token_hint: 'canary-a' } }, 'reserved'],
    ['no scope', { loginHint: 'ada' }, 'scope "openid"'],
    ['another scope alone', { ...asked, scope: ['payments'] }, 'scope "openid"'],
    ['an option that does not exist', { ...asked, login_hint: 'ada' }, 'write "loginHint"'],
    ['a string of contexts', { ...asked, acrValues: 'gold' }, 'acrValues is an array'],
    ['a lifetime that is none', { ...asked, requestedExpiry: 0.5 }, 'requestedExpiry'],
    ['a mode that does not exist', { ...asked, mode: 'push' }, `'poll' or 'ping'`],
    ['a token for a ping that will not come', { ...asked, mode: 'poll', clientNotificationToken: 'c' }, 'is for pings'],
    ['a token that can be guessed', { ...asked, clientNotificationToken: 'canary' }, '22 to 1,000'],
  ])('does not begin with %s', async (_, options, advice) => {
    const { ciba, server } = await cibaStage()
    const error = await errorOf(ciba.authorize(options as BackchannelAuthenticationOptions))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(advice) })
    expect(await server.requests()).toHaveLength(0)
  })

  test('does not begin for a client that cannot authenticate, nor without an endpoint', async () => {
    const { grantOf, server } = await cibaStage([], { metadata: { backchannel_authentication_endpoint: undefined } })
    expect((await errorOf(grantOf(publicClient).authorize(asked))).message).toContain('a client that authenticates')
    expect((await errorOf(grantOf().authorize(asked))).message).toContain('backchannel_authentication_endpoint')
    expect(await server.requests()).toHaveLength(0)
  })

  test.each([
    ['auth_req_id', undefined],
    ['auth_req_id', 7],
    ['expires_in', undefined],
    ['interval', 'x'],
  ])('is refused with %s %j in the response', async (name, value) => {
    const { ciba } = await cibaStage([], { fields: { [name]: value } })
    const error = await errorOf(ciba.authorize(asked))
    expect(error).toMatchObject({ code: 'token_response_invalid', message: expect.stringContaining(name) })
  })

  test.each([
    ['unknown_user_id', 'token_error'],
    ['missing_user_code', 'token_error'],
    ['access_denied', 'authorization_denied'],
  ])('that the server refuses with %s is %s', async (name, code) => {
    const { ciba } = await cibaStage([], { begin: { status: 400, json: { error: name } } })
    expect(await errorOf(ciba.authorize(asked))).toMatchObject({ code, oauth: { error: name } })
  })
})

describe('the token of a login that the client began', () => {
  test('is requested as for a device, and its ID token is verified', async () => {
    const { ciba, clock, sentTo } = await cibaStage([pending, slowDown, pending])
    const { transaction } = await ciba.authorize(asked)
    const token = await ciba.requestToken(transaction)
    expect(clock.pauses).toEqual([7, 7, 12, 12])
    expect((await sentTo('/token'))[0]?.form).toEqual({
      grant_type: 'urn:openid:params:grant-type:ciba',
      auth_req_id: request.auth_req_id,
    })
    expect(token).toMatchObject({
      accessToken,
      scope: asked.scope,
      requestedScope: asked.scope,
      authorizedAt: clock.now(),
    })
    expect(token.claims?.['sub']).toBe('ada')
  })

  test('is refused without an ID token', async () => {
    const { ciba } = await cibaStage([{ json: goodToken }])
    const { transaction } = await ciba.authorize(asked)
    expect((await errorOf(ciba.requestToken(transaction))).message).toContain('no ID token')
  })

  test('is refused with an ID token of another client', async () => {
    const { ciba } = await cibaStage([], { change: { aud: 'other' } })
    const { transaction } = await ciba.authorize(asked)
    expect((await errorOf(ciba.requestToken(transaction))).code).toBe('id_token_invalid')
  })

  test.each<[Reply, string]>([
    [{ status: 400, json: { error: 'access_denied' } }, 'authorization_denied'],
    [{ status: 400, json: { error: 'expired_token' } }, 'transaction_expired'],
    [{ status: 400, json: { error: 'invalid_grant' } }, 'token_error'],
  ])('is not requested again after %j', async (reply, code) => {
    const { ciba, sentTo } = await cibaStage([reply])
    const { transaction } = await ciba.authorize(asked)
    expect((await errorOf(ciba.requestToken(transaction))).code).toBe(code)
    expect(await sentTo('/token')).toHaveLength(1)
  })

  test('needs the transaction of this grant and this provider', async () => {
    const { ciba, sentTo } = await cibaStage()
    const { transaction } = await ciba.authorize(asked)
    const device = { ...transaction, authReqId: undefined, deviceCode: 'canary' } as never as BackchannelTransaction
    expect(await errorOf(ciba.requestToken(device))).toMatchObject({ code: 'state_mismatch' })
    expect(await errorOf(ciba.requestToken({ ...transaction, provider: 'x' }))).toMatchObject({
      code: 'state_mismatch',
    })
    expect((await errorOf(ciba.requestToken(JSON.stringify(transaction) as never))).message).toContain('parse it first')
    expect(await sentTo('/token')).toHaveLength(0)
  })
})
