import { type AuthorizationOptions, GrantError, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ProviderPort } from '../../src/protocol/provider-port.ts'
import { portOf } from '../../src/provider/provider.ts'
import { sign } from '../support/openid.ts'
import { confidential, errorOf } from '../support/scene.ts'
import { parametersOf, requestStage } from '../support/request-stage.ts'

describe('the options of a login', () => {
  test('are parameters of the authorization request', async () => {
    const { login } = await requestStage()
    const claims = { userinfo: { email: { essential: true } } }
    const { url, transaction } = await login().authorize({
      scope: ['openid'],
      acrValues: ['gold', 'silver'],
      maxAge: 0,
      prompt: ['consent', 'select_account'],
      loginHint: 'ada@user.example',
      idTokenHint: 'header.payload.signature',
      uiLocales: ['fr-CA', 'en'],
      display: 'popup',
      responseMode: 'form_post',
      claims,
    })
    expect(parametersOf(url)).toMatchObject({
      acr_values: 'gold silver',
      max_age: '0',
      prompt: 'consent select_account',
      login_hint: 'ada@user.example',
      id_token_hint: 'header.payload.signature',
      ui_locales: 'fr-CA en',
      display: 'popup',
      response_mode: 'form_post',
    })
    expect(JSON.parse(url.searchParams.get('claims') ?? '')).toEqual(claims)
    expect(transaction).toMatchObject({ maxAge: 0, acrValues: ['gold', 'silver'], responseMode: 'form_post' })
  })

  test('leave the transaction of a plain login as it is', async () => {
    const { login } = await requestStage()
    const { transaction } = await login().authorize({ scope: ['read'], prompt: 'login', loginHint: '' })
    expect(Object.keys(transaction).toSorted()).toEqual(
      ['codeVerifier', 'createdAt', 'expiresAt', 'issuer', 'provider', 'redirectUri', 'scope', 'state'].toSorted(),
    )
  })

  test('win over parameters of the same meaning', async () => {
    const { login } = await requestStage()
    const parameters = { prompt: 'none', ui_locales: 'de', acr_values: 'bronze' }
    const { url } = await login().authorize({ parameters, prompt: 'login' })
    expect(parametersOf(url)).toMatchObject({ prompt: 'login', ui_locales: 'de', acr_values: 'bronze' })
  })

  test('take the token of a user for a hint', async () => {
    const { login } = await requestStage()
    const token = Token.from({ accessToken: 'a', idToken: 'header.payload.signature' })
    const { url } = await login().authorize({ idTokenHint: token })
    expect(url.searchParams.get('id_token_hint')).toBe('header.payload.signature')
  })

  test.each<[AuthorizationOptions | object, string]>([
    [{ prompt: ['none', 'login'] }, `'none' stands alone`],
    [{ prompt: 'none login' }, `'none' stands alone`],
    [{ prompt: 1 }, 'prompt is an array'],
    [{ prompt: ['select account'] }, 'prompt is an array'],
    [{ uiLocales: 'en' }, `write ['en']`],
    [{ acrValues: 'gold' }, `write ['gold']`],
    [{ display: 'window' }, `'popup'`],
    [{ claims: '{}' }, 'claims is a JSON object'],
    [{ claims: [] }, 'claims is a JSON object'],
    [{ claims: { a: () => 1 } }, 'claims is a JSON object'],
    [{ idTokenHint: Token.from('{"accessToken":"a"}') }, 'no ID token'],
    [{ loginHint: 7 }, 'write a string'],
    [{ maxAge: -1 }, 'maxAge has to be a number of seconds'],
    [{ login_hint: 'ada' }, 'write "loginHint"'],
    [{ request: true }, 'not a field of the options of authorize'],
  ])('that are wrong say what to write: %j', async (options, message) => {
    const { login } = await requestStage()
    const error = await errorOf(login().authorize(options))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(message)
  })

  test('R171: take what an error requires', async () => {
    const { login } = await requestStage()
    const required = new GrantError('step_up_required', 'a stronger login', {
      required: { resource: 'https://api.acme.example', acrValues: ['gold'], maxAge: 300 },
    }).required
    const { url } = await login().authorize(required)
    expect(parametersOf(url)).toMatchObject({
      acr_values: 'gold',
      max_age: '300',
      resource: 'https://api.acme.example',
    })
  })
})

describe('how the user has logged in', () => {
  const essential = (acr: object) => ({ claims: { id_token: { acr: { essential: true, ...acr } } } })

  /** Logs in; the ID token says this of it. */
  async function logIn(options: AuthorizationOptions, acr: string | undefined) {
    const { login, claims, answer } = await requestStage({ token: null })
    const grant = login()
    const { transaction } = await grant.authorize({ scope: ['openid'], ...options })
    await answer(await sign({ ...claims(), nonce: transaction.nonce, ...(acr !== undefined && { acr }) }))
    const stored = JSON.parse(JSON.stringify(transaction)) as typeof transaction
    return grant.requestToken(`?code=canary-code&state=${transaction.state}`, stored)
  }

  test.each<[AuthorizationOptions, string | undefined]>([
    [{ acrValues: ['gold', 'silver'] }, 'silver'],
    [{ acrValues: ['gold'] }, undefined],
    [{}, 'bronze'],
    [essential({}), 'bronze'],
    [essential({ values: ['gold', 'silver'] }), 'silver'],
    [essential({ value: 'gold' }), 'gold'],
  ])('is as asked for: %j and %j', async (options, acr) => {
    expect((await logIn(options, acr)).claims?.acr).toBe(acr)
  })

  test.each<[AuthorizationOptions, string | undefined]>([
    [{ acrValues: ['gold'] }, 'silver'],
    [{ acrValues: ['gold'] }, ''],
    [{ acrValues: ['gold'], ...essential({}) }, undefined],
    [essential({}), undefined],
    [essential({ values: ['gold'] }), 'silver'],
    [essential({ value: 'gold' }), undefined],
  ])('is refused where it is not: %j and %j', async (options, acr) => {
    const error = await errorOf(logIn(options, acr))
    expect(error.code).toBe('id_token_invalid')
    expect(error.message).toContain('(acr)')
  })
})

describe('a resource', () => {
  test.each([['/api'], ['https://api.example#x'], ['api.example'], ['']])(
    'R121: is an absolute URI without fragment: %j',
    async (resource) => {
      const { login } = await requestStage()
      expect((await errorOf(login().authorize({ resource }))).code).toBe('config_invalid')
    },
  )

  test('R122, R123: may be several, in their order, in the authorization request and in those for tokens', async () => {
    const { login, tokenRequests } = await requestStage()
    const resource = ['https://b.example/', 'https://a.example/']
    const grant = login()
    const { url, transaction } = await grant.authorize({ resource })
    expect(url.searchParams.getAll('resource')).toEqual(resource)
    const token = await grant.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(new URLSearchParams((await tokenRequests())[0]?.body).getAll('resource')).toEqual(resource)
    expect(token.resource).toEqual(resource)
  })

  test('R125: that the provider does not know is typed', async () => {
    const { login } = await requestStage({ token: { status: 400, json: { error: 'invalid_target' } } })
    const grant = login()
    const begun = await grant.authorize({ resource: 'https://api.example' })
    const inCallback = `?error=invalid_target&state=${begun.transaction.state}`
    expect(await errorOf(grant.requestToken(inCallback, begun.transaction))).toMatchObject({
      code: 'authorization_error',
      oauth: { error: 'invalid_target' },
      action: 'fix_configuration',
    })
    const inResponse = `?code=canary-code&state=${begun.transaction.state}`
    expect(await errorOf(grant.requestToken(inResponse, begun.transaction))).toMatchObject({
      code: 'token_error',
      oauth: { error: 'invalid_target' },
    })
  })
})

describe('an error of a callback says what to do', () => {
  test.each([
    ['invalid_request_object', 'fix_configuration'],
    ['request_not_supported', 'fix_configuration'],
    ['request_uri_not_supported', 'fix_configuration'],
    ['registration_not_supported', 'fix_configuration'],
    ['invalid_authorization_details', 'fix_configuration'],
    ['invalid_request_uri', 'reauthorize'],
    ['interaction_required', 'reauthorize'],
    ['login_required', 'reauthorize'],
    ['consent_required', 'reauthorize'],
    ['account_selection_required', 'reauthorize'],
    ['unmet_authentication_requirements', 'reauthorize'],
    ['toString', 'report'],
  ])('R130, R150, R242: %s: %s', async (name, action) => {
    const { login } = await requestStage()
    const grant = login()
    const { transaction } = await grant.authorize({ prompt: 'none' })
    const error = await errorOf(grant.requestToken(`?error=${name}&state=${transaction.state}`, transaction))
    expect(error).toMatchObject({ code: 'authorization_error', oauth: { error: name }, action })
  })
})

test('R168: the key that tokens are bound to is named in the authorization request', async () => {
  const { provider, pushed } = await requestStage()
  const { context } = ProviderPort.behind(portOf(provider()))
  const key = { volatile: false, algorithm: 'ES256' }
  const proofs = {
    ...key,
    proof: async () => '',
    remember: () => false,
    thumbprint: async () => 'thumbprint-of-the-key',
  }
  const port = new ProviderPort({ ...context, proofs })
  expect(parametersOf(await port.authorizationUrl({ client_id: 'cid' }))).toEqual({
    client_id: 'cid',
    dpop_jkt: 'thumbprint-of-the-key',
  })
  await port.authorizationUrl({ client_id: 'cid' }, { pushed: true })
  expect((await pushed())[0]?.form).toMatchObject({ dpop_jkt: 'thumbprint-of-the-key' })
  const metadata = { authorization_endpoint: 'https://id.acme.example/a', token_endpoint: 'https://id.acme.example/t' }
  const unbound = portOf(new Provider({ name: 'acme', metadata }, confidential))
  expect(parametersOf(await unbound.authorizationUrl({}))).toEqual({})
})
