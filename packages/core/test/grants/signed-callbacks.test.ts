import type { Callback, Transaction } from '@grantkit/core'
import { SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { faultServer } from '../support/servers.ts'
import { errorOf } from '../support/scene.ts'
import { es256, keyOf, rs256, sign } from '../support/openid.ts'
import { parametersOf, requestStage } from '../support/request-stage.ts'

/** A login whose callback has to be signed. */
async function begin(responseMode: 'jwt' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt' = 'jwt', metadata = {}) {
  const stage = await requestStage()
  const login = stage.login({ metadata })
  const { url, transaction } = await login.authorize({ scope: ['read'], responseMode })
  const { state } = transaction
  /** Finishes with a callback; says what was sent. */
  const refused = async (callback: Callback, changed: Transaction = transaction) => {
    const error = await errorOf(login.requestToken(callback, changed))
    expect(await stage.tokenRequests(), 'nothing is sent').toHaveLength(0)
    return error
  }
  const good = { code: 'canary-code', state }
  const signed = async (claims: object = {}, signing?: Parameters<typeof sign>[1]) =>
    `?response=${await stage.response({ ...good, ...claims }, signing)}`
  return { ...stage, grant: login, url, transaction, state, refused, good, signed }
}

describe('a callback that was asked to be signed', () => {
  test('is verified, and its code redeemed', async () => {
    const { grant, url, transaction, signed, tokenRequests } = await begin()
    expect(parametersOf(url)).toMatchObject({ response_mode: 'jwt' })
    expect(transaction.responseMode).toBe('jwt')
    const token = await grant.requestToken(await signed(), JSON.parse(JSON.stringify(transaction)) as Transaction)
    expect(token.scope).toEqual(['read'])
    expect((await tokenRequests())[0]?.form).toMatchObject({ code: 'canary-code' })
  })

  test('may come in the fragment or in a form', async () => {
    const fragment = await begin('fragment.jwt')
    const [, response] = (await fragment.signed()).split('?')
    const callback = new URL(`https://app.example/callback?code=other#${response}`)
    expect((await fragment.grant.requestToken(callback, fragment.transaction)).scope).toEqual(['read'])
    const form = await begin('form_post.jwt')
    const parsed = { response: await form.response(form.good) }
    expect((await form.grant.requestToken(parsed, form.transaction)).scope).toEqual(['read'])
  })

  test('R148: may have its state and issuer outside as well, where they agree', async () => {
    const { grant, transaction, signed, state, issuer } = await begin()
    const callback = `${await signed()}&state=${state}&iss=${encodeURIComponent(issuer)}`
    expect((await grant.requestToken(callback, transaction)).scope).toEqual(['read'])
  })

  test('brings the error of the provider', async () => {
    const { refused, response, state } = await begin()
    const denied = await response({ error: 'access_denied', error_description: 'no', state })
    expect(await refused(`?response=${denied}`)).toMatchObject({
      code: 'authorization_denied',
      oauth: { error: 'access_denied', errorDescription: 'no' },
    })
  })

  test('R148: is refused where the issuers differ', async () => {
    const { refused, signed } = await begin()
    expect((await refused(`${await signed()}&iss=https://evil.example`)).code).toBe('issuer_mismatch')
  })

  test('is refused where the states differ', async () => {
    const { refused, signed } = await begin()
    expect((await refused(`${await signed()}&state=other`)).code).toBe('state_mismatch')
    expect((await refused(await signed({ state: 'other' }))).code).toBe('state_mismatch')
    expect((await refused(await signed({ state: undefined }))).code).toBe('state_mismatch')
  })

  test('belongs to one user', async () => {
    const [ada, grace] = [await begin(), await begin()]
    const login = ada.login()
    const second = await login.authorize({ scope: ['read'], responseMode: 'jwt' })
    const swapped = `?response=${await ada.response({ code: 'canary-code', state: second.transaction.state })}`
    expect((await ada.refused(swapped)).code).toBe('state_mismatch')
    expect((await ada.refused(await grace.signed())).code).toBe('issuer_mismatch')
  })

  test.each([
    ['?code=canary-code&state={state}', 'a plain code'],
    ['?error=access_denied&state={state}', 'a plain error'],
    ['?response={response}&code=canary-code', 'a code beside it'],
    ['?response={response}&error=server_error', 'an error beside it'],
    ['?response={response}&response={response}', 'two responses'],
    ['?response=', 'an empty response'],
    ['?state={state}', 'no response'],
    ['?response=e30', 'garbage'],
    ['?response=a.b.c', 'garbage in three parts'],
    ['?response=a.b.c.d.e', 'garbage in five parts'],
  ])('R133: is refused as a downgrade: %s', async (template) => {
    const { refused, response, good, state } = await begin()
    const callback = template.replaceAll('{response}', await response(good)).replaceAll('{state}', state)
    expect((await refused(callback)).code).toBe('callback_invalid')
  })

  test('cannot be had by changing the stored transaction to nonsense', async () => {
    const { refused, signed, transaction } = await begin()
    const changed = { ...transaction, responseMode: 'JWT' } as unknown as Transaction
    expect((await refused(await signed(), changed)).code).toBe('callback_invalid')
  })
})

describe('R131: a signed callback is refused before its keys are fetched', () => {
  test.each<[string, object, string]>([
    ['fapi2-ensure-jarm-without-iss-fails: without issuer', { iss: undefined }, 'callback_invalid'],
    ['fapi2-ensure-jarm-invalid-iss-fails: of another issuer', { iss: 'https://evil.example' }, 'issuer_mismatch'],
    ['fapi2-ensure-jarm-without-aud-fails: without audience', { aud: undefined }, 'callback_invalid'],
    ['fapi2-ensure-jarm-invalid-aud-fails: for another client', { aud: 'other' }, 'callback_invalid'],
    ['for other clients', { aud: ['other', 'another'] }, 'callback_invalid'],
    ['fapi2-ensure-jarm-without-exp-fails: without expiry', { exp: undefined }, 'callback_invalid'],
    ['fapi2-ensure-jarm-expired-exp-fails: that has expired', { exp: 1_700_000_000 }, 'callback_invalid'],
  ])('%s', async (_, claims, code) => {
    const { refused, signed, jwksRequests } = await begin()
    expect((await refused(await signed(claims))).code).toBe(code)
    expect(await jwksRequests()).toBe(0)
  })

  test('R132: and another issuer, whatever place for keys it names, is never asked', async () => {
    const evil = await faultServer()
    await evil.reply('/jwks', { json: { keys: [es256.jwk] } })
    const { refused, signed } = await begin()
    const header = { jku: `${evil.url}/jwks`, jwk: es256.jwk, kid: 'k2' }
    expect((await refused(await signed({ iss: evil.url }, { key: es256, header }))).code).toBe('issuer_mismatch')
    expect((await refused(await signed({}, { key: es256, header }))).code).toBe('callback_invalid')
    expect(await evil.requests()).toHaveLength(0)
  })
})

describe('the signature of a callback', () => {
  const claims = (issuer: string, state: string) => ({
    iss: issuer,
    aud: 'cid',
    exp: 1_800_000_060,
    code: 'canary-code',
    state,
  })

  test('fapi2-ensure-jarm-invalid-sig-fails: is that of a key of the issuer', async () => {
    const { refused, signed } = await begin()
    expect((await refused(await signed({}, { key: await keyOf('RS256', 'k1') }))).code).toBe('callback_invalid')
  })

  test('A22, fapi2-ensure-jarm-signature-is-not-none: is needed', async () => {
    const { refused, issuer, state } = await begin()
    const unsigned = new UnsecuredJWT(claims(issuer, state)).encode()
    expect((await refused(`?response=${unsigned}`)).code).toBe('callback_invalid')
    expect((await refused(`?response=${unsigned}c2ln`)).code).toBe('callback_invalid')
  })

  test('is not made with the public key as a secret', async () => {
    const { refused, issuer, state } = await begin()
    const forged = await new SignJWT(claims(issuer, state))
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(new TextEncoder().encode(JSON.stringify(rs256.jwk)))
    expect((await refused(`?response=${forged}`)).code).toBe('callback_invalid')
  })

  test.each([[undefined], [[]], [['RS256']], [['HS256', 'none']], ['ES256 ']])(
    'R134: is of RS256, unless the metadata lists another algorithm: %j',
    async (authorization_signing_alg_values_supported) => {
      const { refused, signed } = await begin('jwt', { authorization_signing_alg_values_supported })
      expect((await refused(await signed({}, { key: es256 }))).code).toBe('callback_invalid')
    },
  )

  test('R134: is of an algorithm that the metadata lists', async () => {
    const { server, grant, transaction, signed } = await begin('jwt', {
      authorization_signing_alg_values_supported: ['ES256'],
    })
    await server.reply('/jwks', { json: { keys: [es256.jwk] } })
    const token = await grant.requestToken(await signed({}, { key: es256 }), transaction)
    expect(token.scope).toEqual(['read'])
  })

  test('is that of a response, and not of another kind of token', async () => {
    const { refused, signed } = await begin()
    expect((await refused(await signed({}, { header: { typ: 'at+jwt' } }))).code).toBe('callback_invalid')
  })

  test('is verified later where the keys cannot be fetched now', async () => {
    const { server, grant, transaction, signed, tokenRequests } = await begin()
    const callback = await signed()
    await fetch(`${server.url}/jwks`) // the reply that is queued
    await server.reply('/jwks', { status: 404 })
    expect((await errorOf(grant.requestToken(callback, transaction))).action).not.toBe('report')
    expect(await tokenRequests()).toHaveLength(0)
    await server.reply('/jwks', { json: { keys: [rs256.jwk] } })
    expect((await grant.requestToken(callback, transaction)).scope).toEqual(['read'])
  })
})

test('a signed callback that was not asked for is refused', async () => {
  const { login, response } = await requestStage()
  const grant = login()
  const { transaction } = await grant.authorize()
  const callback = `?response=${await response({ code: 'canary-code', state: transaction.state })}&state=${transaction.state}`
  expect((await errorOf(grant.requestToken(callback, transaction))).code).toBe('callback_invalid')
})

test('a signed callback needs an issuer and its keys', async () => {
  const { login } = await requestStage()
  const error = await errorOf(login({ metadata: { jwks_uri: undefined } }).authorize({ responseMode: 'jwt' }))
  expect(error).toMatchObject({ code: 'config_invalid' })
  expect(error.message).toContain('jwks_uri')
})
