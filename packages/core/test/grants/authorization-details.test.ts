import { type AuthorizationDetail, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf, goodToken } from '../support/scene.ts'
import { parametersOf, requestStage } from '../support/request-stage.ts'

const payment = {
  type: 'payment_initiation',
  locations: ['https://api.acme.example/payments'],
  instructedAmount: { currency: 'EUR', amount: '123.50' },
  creditorName: 'Merchant & Sons "A"',
}
const account = { type: 'account_information', actions: ['list_accounts'] }

describe('authorization details', () => {
  test('R149: are one JSON array in the authorization request', async () => {
    const { login } = await requestStage()
    const { url } = await login().authorize({ authorizationDetails: [payment, account] })
    expect(url.searchParams.getAll('authorization_details')).toHaveLength(1)
    expect(JSON.parse(url.searchParams.get('authorization_details') ?? '')).toEqual([payment, account])
  })

  test('are pushed in the same form', async () => {
    const { login, pushed } = await requestStage()
    const { url } = await login().authorize({ authorizationDetails: [payment], pushed: true })
    expect(parametersOf(url)).not.toHaveProperty('authorization_details')
    expect(JSON.parse(String((await pushed())[0]?.form?.['authorization_details']))).toEqual([payment])
  })

  test('are not sent where there are none', async () => {
    const { login } = await requestStage()
    expect(parametersOf((await login().authorize({ authorizationDetails: [] })).url)).not.toHaveProperty(
      'authorization_details',
    )
  })

  test.each<[unknown]>([
    [payment],
    ['[]'],
    [[{ actions: ['read'] }]],
    [[{ type: '' }]],
    [[{ type: ['payment_initiation'] }]],
    [['payment_initiation']],
    [[null]],
    [[{ type: 'a', amount: Number.NaN }]],
    [[{ type: 'a', at: new Date(0) }]],
    [[{ type: 'a', call: () => 1 }]],
  ])('R149: that are not a list of objects with a type are config_invalid: %j', async (details) => {
    const { login } = await requestStage()
    const authorizationDetails = details as AuthorizationDetail[]
    const error = await errorOf(login().authorize({ authorizationDetails }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('authorizationDetails')
  })

  test('R153: of a type that the provider does not list are config_invalid', async () => {
    const { login } = await requestStage()
    const grant = login({ metadata: { authorization_details_types_supported: ['account_information'] } })
    expect((await grant.authorize({ authorizationDetails: [account] })).url.search).toContain('account_information')
    const error = await errorOf(grant.authorize({ authorizationDetails: [account, { type: 'account_informatoin' }] }))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('write "account_information"')
  })

  test('do not compile without a type', () => {
    // @ts-expect-error -- each has a type
    const wrong: AuthorizationDetail = { actions: ['read'] }
    expect(wrong).toBeDefined()
  })
})

describe('the details that were granted', () => {
  const granted = [{ ...payment, paymentId: '7' }]

  async function logIn(details: unknown) {
    const json = { ...goodToken, refresh_token: 'canary-refresh', authorization_details: details }
    const stage = await requestStage({ token: { json } })
    const grant = stage.login()
    const { transaction } = await grant.authorize({ authorizationDetails: [payment] })
    const provider = stage.provider()
    return {
      ...stage,
      provider,
      finish: () => grant.requestToken(`?code=canary-code&state=${transaction.state}`, transaction),
    }
  }

  test('R151: are on the token, whatever was asked for', async () => {
    const { finish } = await logIn(granted)
    const token = await finish()
    expect(token.authorizationDetails).toEqual(granted)
    expect(token.extra).not.toHaveProperty('authorization_details')
    expect(Object.isFrozen(token.authorizationDetails?.[0]?.['instructedAmount'])).toBe(true)
    expect(Token.from(JSON.stringify(token))).toEqual(token)
    expect(JSON.parse(JSON.stringify(token))).toMatchObject({ authorizationDetails: granted })
  })

  test('are kept by a refresh that says nothing of them, and replaced by one that does', async () => {
    const { server, provider, finish, tokenRequests } = await logIn(granted)
    const token = await finish()
    await server.reply('/token', { json: goodToken }, { json: { ...goodToken, authorization_details: [account] } })
    const refresh = provider.grant(Refresh)
    const kept = await refresh.requestToken(token)
    expect(kept.authorizationDetails).toEqual(granted)
    expect((await tokenRequests()).at(-1)?.form).not.toHaveProperty('authorization_details')
    expect((await refresh.requestToken(kept)).authorizationDetails).toEqual([account])
  })

  test('R152: may be fewer after a refresh that asks for fewer', async () => {
    const { provider, tokenRequests } = await logIn([])
    await provider.grant(Refresh).requestToken('canary-refresh', { authorizationDetails: [account] })
    expect(JSON.parse(String((await tokenRequests()).at(-1)?.form?.['authorization_details']))).toEqual([account])
    const wrong = [{}] as unknown as AuthorizationDetail[]
    const error = await errorOf(provider.grant(Refresh).requestToken('canary-refresh', { authorizationDetails: wrong }))
    expect(error.code).toBe('config_invalid')
    expect(await tokenRequests()).toHaveLength(1)
  })

  test.each<[string, unknown]>([
    ['a string', 'payment_initiation'],
    ['an object', payment],
    ['a list without types', [{}]],
    ['null', null],
    ['too much', [{ type: 'a', text: 'x'.repeat(70_000) }]],
  ])('that are %s are token_response_invalid', async (_, details) => {
    const { finish } = await logIn(details)
    expect((await errorOf(finish())).code).toBe('token_response_invalid')
  })

  test('are not shown when a token is printed', () => {
    const token = Token.from({ accessToken: 'canary-token', authorizationDetails: [{ type: 'a', iban: 'canary' }] })
    expect(String(token)).toBe('Token Bearer [redacted]')
    expect(() => Token.from({ accessToken: 'a', authorizationDetails: [{}] as never })).toThrow(/authorizationDetails/)
  })
})
