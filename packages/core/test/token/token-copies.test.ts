import { ClientCredentials, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { frozenCopy, freezeDeep } from '../../src/token/plain.ts'
import { checkScope } from '../../src/token/scope.ts'
import { errorOf } from '../support/scene.ts'

const nested = (levels: number): object => {
  let value: object = {}
  for (let i = 1; i < levels; i++) value = { value }
  return value
}

describe('what a token is made of', () => {
  test('is copied and frozen with it', () => {
    const extra = { list: [{ name: 'a' }] }
    const token = new Token({ accessToken: 'a', extra })
    expect(Object.isFrozen(token)).toBe(true)
    expect(Object.isFrozen((token.extra['list'] as object[])[0])).toBe(true)
    expect(Object.isFrozen(extra.list[0])).toBe(false)
  })

  test('is kept by a copy of the token, and nobody can change it there', () => {
    const given = { id: '1' }
    const token = new Token({ accessToken: 'a', extra: given, scope: ['read'] })
    given.id = '2'
    const copy = token.with({ accessToken: 'b' })
    expect(copy).toMatchObject({ accessToken: 'b', extra: { id: '1' }, scope: ['read'] })
    expect([Object.isFrozen(copy.extra), Object.isFrozen(copy.scope)]).toEqual([true, true])
  })

  test('is what its JSON says: what is undefined is left out', () => {
    const token = new Token({ accessToken: 'a', extra: { kept: 1, left: undefined, deep: { left: undefined } } })
    expect(Token.from(JSON.stringify(token))).toStrictEqual(token)
    expect(Object.keys(token.extra)).toEqual(['kept', 'deep'])
  })

  test.each([[new Date(0)], [Number.NaN], [1n], [() => 1], [Symbol('x')], [new Map()], [[undefined]], [/x/]])(
    '%o, which JSON would not bring back, is refused',
    async (value) => {
      for (const name of ['extra', 'claims']) {
        const error = await errorOf(() => new Token({ accessToken: 'canary-at', [name]: { deep: [{ value }] } }))
        const message = `${name} of a token has to be an object of JSON values`
        expect(error).toMatchObject({ code: 'config_invalid', message })
      }
    },
  )

  test.each([1, 'a', true, null, undefined])('%j is its own copy', (value) => {
    expect(frozenCopy(value)).toBe(value)
    expect(freezeDeep(value)).toBe(value)
  })

  test('is not nested without end', async () => {
    expect(frozenCopy(nested(64))).toEqual(nested(64))
    const error = await errorOf(() => new Token({ accessToken: 'a', extra: { deep: nested(64) } }))
    expect(error).toMatchObject({ code: 'config_invalid', message: 'data is nested deeper than 64 levels' })
  })
})

describe('an invalid scope says what to write', () => {
  test.each([
    ['read write', `scope has to be an array: write ['read', 'write']`],
    ['read,  write', `scope has to be an array: write ['read', 'write']`],
    ['"', `scope has to be an array: write ['read', 'write']`],
    [7, `scope has to be an array: write ['read', 'write']`],
    ['one', `scope has to be an array: write ['one']`],
  ])('%j', async (scope, message) => {
    expect((await errorOf(() => checkScope(scope as never))).message).toBe(message)
  })

  test('in the request, too', async () => {
    const metadata = { token_endpoint: 'https://id.acme.example/token' }
    const application = new Provider({ name: 'acme', metadata }, { clientId: 'cid', clientSecret: 's' }).grant(
      ClientCredentials,
    )
    const error = await errorOf(application.requestToken({ scope: ['read write'] }))
    expect(error.message).toContain(`write ['read', 'write'], printable ASCII without quotes or backslashes`)
  })
})
