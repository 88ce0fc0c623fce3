import { Pkce } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { errorOf, publicClient, scene } from '../support/scene.ts'

const none =
  'there is no transaction to compare the callback with: it was not stored, or this session never began a login (a code whose state you compared yourself goes to exchangeCode)'
const broken = 'the transaction is not what authorize() returned: store it whole, as JSON'

describe('an error about a transaction says what is wrong with it', () => {
  test.each<[string, string, string, object | null]>([
    ['one that is missing', 'state_mismatch', none, null],
    ['one without a state', 'state_mismatch', none, { state: undefined }],
    ['one with an empty state', 'state_mismatch', none, { state: '' }],
    ['one whose state is a number', 'state_mismatch', none, { state: 1 }],
    [
      'one of another provider',
      'state_mismatch',
      'the transaction belongs to another provider than acme',
      { provider: 'other' },
    ],
    [
      'one of another issuer',
      'issuer_mismatch',
      'the transaction was begun at the issuer "https://evil.example", and acme has undefined',
      { issuer: 'https://evil.example' },
    ],
    ['one without a redirect URI', 'callback_invalid', broken, { redirectUri: undefined }],
    ['one whose scope is a string', 'callback_invalid', broken, { scope: 'read' }],
    ['one whose scope holds a number', 'callback_invalid', broken, { scope: ['read', 1] }],
    ['one that began at no time', 'callback_invalid', broken, { createdAt: 'now' }],
    [
      'one without its verifier',
      'config_invalid',
      'the code verifier is missing: pass { ...transaction, codeVerifier } with the one whose challenge you sent',
      { codeVerifier: undefined },
    ],
  ])('%s: %s', async (_, code, message, change) => {
    const { finish, state, transaction } = await begin()
    const changed = change && { ...transaction, ...change }
    expect(await finish(`?code=canary-code&state=${state}`, changed)).toMatchObject({ code, message })
  })

  test('one without its verifier is not compared with any callback', async () => {
    const { finish, transaction } = await begin()
    const { code } = await finish('?error=access_denied&state=other', { ...transaction, codeVerifier: undefined })
    expect(code).toBe('config_invalid')
  })

  test('one that was used', async () => {
    const { login, transaction, state } = await begin()
    await login.requestToken(`?code=canary-code&state=${state}`, transaction)
    expect(await errorOf(login.requestToken(`?code=canary-code&state=${state}`, transaction))).toMatchObject({
      code: 'transaction_used',
      message: 'this login was completed already: the page was loaded again, or this is a second callback',
    })
  })
})

describe('a login is over', () => {
  const message = 'the login took longer than ten minutes: begin again'

  test('after ten minutes', async () => {
    const { finish, state, clock } = await begin()
    await clock.advance(600_000)
    expect(await finish(`?code=canary-code&state=${state}`)).toMatchObject({ code: 'transaction_expired', message })
  })

  test('at the moment that the application has set, where that comes first', async () => {
    const { finish, login, state, transaction, clock } = await begin()
    const shorter = { ...transaction, expiresAt: clock.now() + 60_000 }
    await clock.advance(60_000)
    expect(await finish(`?code=canary-code&state=${state}`, shorter)).toMatchObject({ message })
    const longer = { ...transaction, expiresAt: clock.now() + 1 }
    expect(await login.requestToken(`?code=canary-code&state=${state}`, longer)).toBeDefined()
  })

  test('and the error says what the provider does with a wrong redirect URI', async () => {
    const { provider } = await scene()
    const hint = 'acme shows a page of its own'
    const login = provider(publicClient, { redirectUri: { hint } }).grant(Pkce)
    const { transaction } = await login.authorize()
    const old = { ...transaction, createdAt: 1, expiresAt: 2 }
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, old))
    expect(error.message).toBe(`${message}; ${hint}`)
  })
})
