import { ClientCredentials, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { frozenCopy, freezeDeep } from '../src/token/plain.ts'
import { checkScope } from '../src/token/scope.ts'
import { errorOf } from './support/scene.ts'

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

  test('serves again in a copy of the token, and only then', () => {
    const given = { id: '1' }
    const token = new Token({ accessToken: 'a', extra: given, scope: ['read'] })
    expect(token.with({ accessToken: 'b' }).extra).toBe(token.extra)
    expect(token.with({ accessToken: 'b' }).scope).toBe(token.scope)
    expect(new Token({ accessToken: 'a', extra: given }).extra).not.toBe(given)
    expect(new Token({ accessToken: 'a', extra: {} }).extra).toBe(new Token({ accessToken: 'a' }).extra)
  })

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

describe('a scope that is none says what to write', () => {
  test.each([
    ['read write', `scope is an array: write ['read', 'write']`],
    ['read,  write', `scope is an array: write ['read', 'write']`],
    ['"', `scope is an array: write ['read', 'write']`],
    [7, `scope is an array: write ['read', 'write']`],
    ['one', `scope is an array: write ['one']`],
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
