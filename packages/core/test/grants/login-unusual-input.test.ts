import {
  AuthorizationCode,
  type Callback,
  generateVerifier,
  Grant,
  GrantError,
  type GrantPort,
  Pkce,
  Refresh,
  Token,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { begin } from '../support/begun-login.ts'
import { testClock } from '../support/clock.ts'
import { confidential, errorOf, goodToken, scene } from '../support/scene.ts'

describe('what authorize() is given', () => {
  test('acr_values among the parameters reach the URL', async () => {
    const { provider } = await scene()
    const { url } = await provider()
      .grant(Pkce)
      .authorize({ parameters: { acr_values: 'gold' } })
    expect(url.searchParams.get('acr_values')).toBe('gold')
  })

  test.each([[['gold', 'two words']], [['two words', 'gold']], [['gold', 42]], ['gold']])(
    'acrValues that are not all single words are refused: %j',
    async (acrValues) => {
      const { provider } = await scene()
      const error = await errorOf(
        provider()
          .grant(Pkce)
          .authorize({ acrValues: acrValues as string[] }),
      )
      expect(error).toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining("write ['gold']") as string,
      })
    },
  )

  test.each([[['60']], [{ toString: () => '60' }], [true]])(
    'a maxAge of another kind is refused: %j',
    async (maxAge) => {
      const { provider } = await scene()
      const error = await errorOf(
        provider()
          .grant(Pkce)
          .authorize({ maxAge: maxAge as unknown as number }),
      )
      expect(error.message).toBe('maxAge has to be a number of seconds, such as 3600')
    },
  )

  test('what was not asked for is absent from the transaction', async () => {
    const { provider, server } = await scene()
    const metadata = { token_endpoint: `${server.url}/token`, issuer: server.url, jwks_uri: `${server.url}/jwks` }
    const { transaction } = await provider(confidential, { metadata })
      .grant(Pkce)
      .authorize({ scope: ['openid'] })
    expect(Object.keys(transaction).toSorted()).toEqual(
      'codeVerifier createdAt expiresAt issuer nonce provider redirectUri scope state'.split(' '),
    )
  })
})

test.each([
  [42, 'not 42 (RFC 7636 §4.1)'],
  ['64', 'not a string (RFC 7636 §4.1)'],
])('a code verifier of %j characters is refused, and the error says what was asked for', async (length, advice) => {
  const { code, message } = await errorOf(() => generateVerifier(length as number))
  expect(code).toBe('config_invalid')
  expect(message).toBe(`a code verifier must be between 43 and 128 characters long, ${advice}`)
})

describe('a transaction', () => {
  test('that says it lives for longer is as old as it is, to the millisecond', async () => {
    const { login, finish, transaction, state, clock, tokenRequests } = await begin()
    const callback = `/cb?code=canary-code&state=${state}`
    const prolonged = { ...transaction, expiresAt: transaction.expiresAt + 3_600_000 }
    await clock.advance(600_000)
    expect(await finish(callback, prolonged)).toMatchObject({ code: 'transaction_expired', provider: 'acme' })
    clock.jump(-1)
    await login.requestToken(callback, prolonged)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('of another provider says which one it met', async () => {
    const { finish, transaction, state } = await begin()
    const error = await finish(`/cb?code=canary-code&state=${state}`, { ...transaction, provider: 'other' })
    expect(error).toMatchObject({ code: 'state_mismatch', provider: 'acme' })
  })

  test('of another issuer says which provider it met', async () => {
    const { finish, transaction, state } = await begin({ metadata: { issuer: 'https://id.acme.example' } as never })
    const error = await finish(`/cb?code=canary-code&state=${state}`, {
      ...transaction,
      issuer: 'https://evil.example',
    })
    expect(error).toMatchObject({ code: 'issuer_mismatch', provider: 'acme' })
  })
})

describe('a callback', () => {
  test('whose caller has given up before spends no code, and the login can still be finished', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    const callback = `/cb?code=canary-code&state=${state}`
    const error = await errorOf(login.requestToken(callback, transaction, { signal: AbortSignal.abort() }))
    expect(error.code).toBe('aborted')
    expect(await tokenRequests()).toHaveLength(0)
    await login.requestToken(`/cb?code=canary-another-code&state=${state}`, transaction)
    expect((await tokenRequests()).map(({ form }) => form?.['code'])).toEqual(['canary-another-code'])
  })

  test('with an error that no standard names is to be reported', async () => {
    const { finish, state } = await begin()
    const error = await finish(`/cb?error=acme_maintenance&state=${state}`)
    expect(error).toMatchObject({ code: 'authorization_error', action: 'report' })
  })

  test('without the issuer that was promised says whose it is', async () => {
    const metadata = { issuer: 'https://id.acme.example', authorization_response_iss_parameter_supported: true }
    const { finish, state } = await begin({ metadata: metadata as never })
    const error = await finish(`/cb?code=canary-code&state=${state}`)
    expect(error).toMatchObject({ code: 'issuer_missing', provider: 'acme' })
  })

  test('is read from the url of a request that has a href of its own, which is not a string', async () => {
    const { login, transaction, state } = await begin()
    class FrameworkRequest {
      readonly href = undefined
      readonly method = 'GET'
      readonly url = `/cb?code=canary-code&state=${state}`
    }
    const token = await login.requestToken(new FrameworkRequest(), transaction)
    expect(token.accessToken).toBe(goodToken['access_token'])
  })

  class FrameworkPost {
    readonly url = '/cb'
    readonly method = 'POST'
    constructor(more: object) {
      Object.assign(this, more)
    }
  }
  const formData = () => undefined
  const headers = new Map([['content-type', 'application/x-www-form-urlencoded']])

  test.each<[string, object]>([
    ['has no form to read', { headers }],
    ['has headers of another kind', { formData, headers: Object.fromEntries(headers) }],
    ['has no headers', { formData }],
  ])('that is a POST of a framework is asked for as req.body: it %s', async (_, more) => {
    const { finish } = await begin()
    const { code, message } = await finish(new FrameworkPost(more))
    expect(code).toBe('callback_invalid')
    expect(message).toBe('this POST is not a fetch Request: pass req.body, the form that your framework has parsed')
  })

  test.each<[string, object]>([
    ['no url', new (class Unknown {})()],
    ['a url that is not a string', new FrameworkPost({ url: 42, method: 'GET' })],
  ])('that is an object with %s is not valid', async (_, callback) => {
    const { finish } = await begin()
    expect((await finish(callback as Callback)).message).toMatch(/^the callback is not valid: pass a URL, a request/)
  })

  test('whose body is too long says so', async () => {
    const { finish } = await begin()
    const body = new URLSearchParams({ code: 'c'.repeat(20_000) })
    const error = await finish(new Request('https://app.example/cb', { method: 'POST', body }))
    expect(error.message).toBe('the callback has more than 16384 characters')
  })

  test('whose body breaks off is refused', async () => {
    const { finish } = await begin()
    const body = new ReadableStream({ start: (controller) => controller.error(new Error('connection reset')) })
    const init: RequestInit & { duplex: 'half' } = { method: 'POST', headers: [...headers], body, duplex: 'half' }
    const error = await finish(new Request('https://app.example/cb', init))
    expect(error).toMatchObject({
      code: 'callback_invalid',
      message: 'the body of the callback could not be read to its end',
      cause: { message: 'connection reset' },
    })
  })
})

describe('a grant over an object literal that can only request tokens', () => {
  const port = (requestToken: GrantPort['requestToken']): GrantPort => ({
    provider: { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } },
    client: { clientId: 'cid', redirectUris: ['https://app.example/cb'], confidential: true },
    clock: testClock(),
    authorizationUrl: () => new URL('https://id.acme.example/authorize'),
    requestToken,
  })

  test('redeems a code and refreshes a token', async () => {
    const only = port(async () => Token.from({ accessToken: 'at-new' }))
    expect((await new AuthorizationCode(only).exchangeCode({ code: 'canary-code' })).accessToken).toBe('at-new')
    expect((await new Refresh(only).requestToken('canary-refresh-token')).accessToken).toBe('at-new')
  })

  test.each([[new GrantError('network_error', 'away')], [new TypeError('a mistake in the port')]])(
    'rejects with what that rejects with: %s',
    async (problem) => {
      const only = port(() => Promise.reject(problem))
      const redeemed = new AuthorizationCode(only).exchangeCode({ code: 'canary-code' })
      await expect(redeemed).rejects.toThrow(problem.message)
      await expect(redeemed).rejects.toBeInstanceOf(problem.constructor)
    },
  )

  test('says what the next login has to ask for, once the grant has ended', async () => {
    const ended = new GrantError('reauthorization_required', 'it has ended')
    const token = Token.from({ accessToken: 'at-0', refreshToken: 'canary-refresh-token', scope: ['read'] })
    const error = await errorOf(new Refresh(port(() => Promise.reject(ended))).requestToken(token))
    expect(error).toMatchObject({ code: 'reauthorization_required', required: { scope: ['read'] } })
  })

  test('says what to add to the port for another request, and which options that takes', async () => {
    class Curious extends Grant {
      static readonly grantType = 'urn:acme:curious'
      requestToken(options?: { readonly signal?: AbortSignal }): Promise<never> {
        return this.request('userinfo_endpoint', {}, options) as Promise<never>
      }
    }
    const curious = new Curious(port(async () => Token.from({ accessToken: 'at' })))
    expect(await errorOf(curious.requestToken())).toMatchObject({
      code: 'config_invalid',
      message: 'the port of this grant has no request(): add it to the object that is the port',
    })
    const misspelt = await errorOf(curious.requestToken({ timeout: 1 } as object))
    expect(misspelt.message).toContain('"timeout" is not a field of the options of a request')
  })
})
