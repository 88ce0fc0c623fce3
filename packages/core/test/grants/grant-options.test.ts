import { AuthorizationCode, ClientCredentials, Grant, type GrantOptions, Refresh, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { errorOf, goodToken, scene } from '../support/scene.ts'

class Voucher extends Grant {
  static readonly grantType = 'urn:example:voucher'
  requestToken(voucher: string, options?: GrantOptions): Promise<Token> {
    return this.tokenRequest({ voucher }, options)
  }
}

const misspelt: readonly [written: string, advice: string][] = [
  ['scopes', 'write "scope"'],
  ['resources', 'write "resource"'],
  ['params', 'there are scope, resource, authorizationDetails, parameters, signal'],
  ['redirect_uri', 'authorize({ redirectUri })'],
  ['timeout', 'new Provider(definition, client, { timeout })'],
  ['timout', 'there are scope, resource, authorizationDetails, parameters, signal'],
  ['abort_signal', 'there are scope, resource, authorizationDetails, parameters, signal'],
  ['toString', 'there are scope, resource, authorizationDetails, parameters, signal'],
]

/** Every way to pass options to a grant that requests a token. */
const ways: Readonly<Record<string, (options: GrantOptions) => Promise<() => Promise<unknown>>>> = {
  'a login': async (options) => {
    const { login, transaction, state } = await begin()
    return () => login.requestToken(`?code=canary-code&state=${state}`, transaction, options)
  },
  'a code of your own': async (options) => {
    const { provider } = await scene()
    return () => provider().grant(AuthorizationCode).exchangeCode({ code: 'canary-code' }, options)
  },
  'a refresh': async (options) => {
    const { provider } = await scene()
    return () => provider().grant(Refresh).requestToken('canary-refresh-token', options)
  },
  'client credentials': async (options) => {
    const { provider } = await scene()
    return () => provider().grant(ClientCredentials).requestToken(options)
  },
  'a custom grant': async (options) => {
    const { provider } = await scene()
    return () => provider().grant(Voucher).requestToken('canary-voucher', options)
  },
}

describe.each(Object.entries(ways))('the options of %s', (_, prepare) => {
  test.each(misspelt)('have no field %s: the error says what to write', async (written, advice) => {
    const error = await errorOf(await prepare({ [written]: 'x' }))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain(`"${written}"`)
    expect(error.message).toContain(advice)
  })

  test.each([[null], ['read'], [['read']], [7]])('are an object, not %j', async (options) => {
    const error = await errorOf(await prepare(options as unknown as GrantOptions))
    expect(error).toMatchObject({ code: 'config_invalid', message: "options are an object: write { scope: ['read'] }" })
  })

  test('have a scope that is an array', async () => {
    const error = await errorOf(await prepare({ scope: 'read write' } as unknown as GrantOptions))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(`write ['read', 'write']`)
  })
})

describe('the options of authorize', () => {
  test.each([
    ['redirect_uri', 'write "redirectUri"'],
    ['scopes', 'write "scope"'],
    ['max_age', 'write "maxAge"'],
    ['acr_values', 'write "acrValues"'],
    ['code_verifier', 'write "codeVerifier"'],
    ['timout', 'there are scope, redirectUri, resource, authorizationDetails, claims'],
    ['show_dialog', 'parameters'],
  ])('have no field %s: the error says what to write', async (written, advice) => {
    const { login } = await begin()
    const error = await errorOf(login.authorize({ [written]: 'x' }))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain(advice)
  })

  test.each(['codeVerifier', 'codeChallenge'])('have a %s with PKCE only', async (name) => {
    const { provider } = await scene()
    const error = await errorOf(
      provider()
        .grant(AuthorizationCode)
        .authorize({ [name]: 'x'.repeat(43) }),
    )
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toContain('use provider.grant(Pkce)')
  })

  test.each([['gold'], [['gold silver']], [['']], [[7]], [{}]])('have acrValues that are not %j', async (acrValues) => {
    const { login } = await begin()
    const error = await errorOf(login.authorize({ acrValues: acrValues as readonly string[] }))
    const message = "acrValues is an array of strings without spaces: write ['gold']"
    expect(error).toMatchObject({ code: 'config_invalid', message })
  })

  test('send acrValues and maxAge', async () => {
    const { login } = await begin()
    const { url, transaction } = await login.authorize({ acrValues: ['gold', 'silver'], maxAge: 0 })
    expect(url.searchParams.get('acr_values')).toBe('gold silver')
    expect(url.searchParams.get('max_age')).toBe('0')
    expect(transaction).not.toHaveProperty('maxAge') // without openid there is no ID token to show it
  })
})

describe('fields that nobody knows are fine', () => {
  test('in a callback and in a transaction: others may have put them there', async () => {
    const { login, transaction, state } = await begin()
    const stored = { ...transaction, cookie: 'x', redirect_uri: 'y' }
    const token = await login.requestToken({ code: 'canary-code', state, scopes: 'x', timout: '1' }, stored)
    expect(token.accessToken).toBe(goodToken['access_token'])
  })
})
