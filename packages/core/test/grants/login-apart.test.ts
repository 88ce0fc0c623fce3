import { AuthorizationCode, Pkce, type Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { testClock } from '../support/clock.ts'
import { confidential, errorOf, publicClient, scene } from '../support/scene.ts'

const tokenOf = (name: string) => ({ json: { access_token: `canary-of-${name}`, token_type: 'Bearer' } })

describe('logins never share anything', () => {
  test('of two tenants that give their providers the same name, client and clock', async () => {
    const clock = testClock()
    const tenants = [await scene(tokenOf('first')), await scene(tokenOf('second'))]
    const redeem = async (provider: Provider): Promise<string> => {
      const login = provider.grant(AuthorizationCode)
      const { transaction } = await login.authorize({ state: 'S' }) // nothing in it is random
      return (await login.requestToken('?code=canary-code&state=S', transaction)).accessToken
    }
    const providers = tenants.map(({ provider }) => provider(confidential, {}, { clock }))
    expect(await Promise.all(providers.map(redeem))).toEqual(['canary-of-first', 'canary-of-second'])
    for (const tenant of tenants) expect(await tenant.tokenRequests()).toHaveLength(1)
  })

  test('of two tenants whose providers differ in nothing but the issuer', async () => {
    const clock = testClock()
    const { provider, tokenRequests } = await scene(tokenOf('first'), tokenOf('second'))
    const issuers = ['https://one.example', 'https://two.example']
    for (const issuer of issuers) {
      const login = provider(confidential, { metadata: { issuer } as never }, { clock }).grant(AuthorizationCode)
      const { transaction } = await login.authorize({ state: 'S' })
      await login.requestToken('?code=canary-code&state=S', transaction)
    }
    expect(await tokenRequests()).toHaveLength(2)
  })

  test('of two users at one provider, not even with the same code', async () => {
    const { provider, tokenRequests } = await scene(tokenOf('ada'), tokenOf('bob'))
    const login = provider(publicClient, {}, { clock: testClock() }).grant(Pkce)
    const begun = [await login.authorize(), await login.authorize()]
    const tokens = []
    for (const { transaction } of begun)
      tokens.push(await login.requestToken({ code: 'canary-code', state: transaction.state }, transaction))
    expect(tokens.map(({ accessToken }) => accessToken)).toEqual(['canary-of-ada', 'canary-of-bob'])
    expect(await tokenRequests()).toHaveLength(2)
  })

  test('of which one fails: the other is not told', async () => {
    const { provider } = await scene({ status: 400, json: { error: 'invalid_grant' } }, tokenOf('bob'))
    const login = provider(publicClient, {}, { clock: testClock() }).grant(Pkce)
    const [ada, bob] = [await login.authorize(), await login.authorize()]
    const finish = ({ transaction }: typeof ada) =>
      login.requestToken({ code: 'canary-code', state: transaction.state }, transaction)
    expect((await errorOf(finish(ada))).oauth?.error).toBe('invalid_grant')
    expect((await finish(bob)).accessToken).toBe('canary-of-bob')
  })
})

describe('concurrent calls with one callback', () => {
  test.each([
    ['an error of the server', { status: 400, json: { error: 'invalid_grant' } }],
    ['a status of 500', { status: 500 }],
    ['a broken connection', { reset: true as const }],
    ['a response that is not JSON', { text: '<html>' }],
  ])('get an error each, for %s', async (_, reply) => {
    const { login, transaction, state, tokenRequests } = await begin({}, reply)
    const attempt = () => errorOf(login.requestToken(`?code=canary-code&state=${state}`, transaction))
    const errors = await Promise.all([attempt(), attempt(), attempt()])
    expect(new Set(errors).size).toBe(3)
    expect(new Set(errors.map(({ cause }) => cause).filter((cause) => cause !== undefined)).size).not.toBe(1)
    expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1)
    expect(await tokenRequests()).toHaveLength(1)
  })
})
