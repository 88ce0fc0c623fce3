import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'

describe('as long as a callback may be', () => {
  const padded = (state: string, length: number) => `code=canary-code&state=${state}&x=`.padEnd(length, 'x')

  test.each([
    ['a query of 16,384 characters', (state: string) => `/callback?${padded(state, 16_384)}`],
    ['a form of 16,384 characters', (state: string) => new URLSearchParams(padded(state, 16_384))],
    [
      'a URL of 32,768 characters',
      (state: string) => {
        const query = `?${padded(state, 100)}`
        return `/${'p'.repeat(32_768 - 1 - query.length)}${query}`
      },
    ],
  ])('%s is read', async (_, callbackOf) => {
    const { login, transaction, state, lastRequest } = await begin()
    await login.requestToken(callbackOf(state), transaction)
    expect((await lastRequest()).form?.['code']).toBe('canary-code')
  })

  test('one character more is too many', async () => {
    const { finish, state } = await begin()
    expect((await finish(`/callback?${padded(state, 16_385)}`)).code).toBe('callback_invalid')
    const query = `?${padded(state, 100)}`
    expect(await finish(`/${'p'.repeat(32_768 - query.length)}${query}`)).toMatchObject({
      code: 'callback_invalid',
      message: 'the callback has more than 16384 characters',
    })
  })
})
