import { ClientCredentials, Grant, type ProviderHooks, Refresh, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { clientSecret, confidential, errorOf, goodToken, scene } from '../support/scene.ts'

test('a request names this library; in a browser, the browser', async () => {
  const { provider, lastRequest } = await scene()
  await provider().grant(ClientCredentials).requestToken()
  expect((await lastRequest()).headers['user-agent']).toMatch(/^(?:grantkit$|Mozilla\/5\.0 )/)
})

describe('a grant that asks for a token by its port alone', () => {
  class Swap extends Grant {
    static readonly grantType = 'urn:example:swap'
    requestToken(scope?: readonly string[]): Promise<Token> {
      const parameters = { assertion: 'canary-assertion' }
      return this.port.requestToken({ grantType: Swap.grantType, parameters, ...(scope && { scope }) })
    }
  }

  test('cannot send what is not a string, and says so before anything is sent', async () => {
    const { provider, tokenRequests } = await scene()
    class Counting extends Grant {
      static readonly grantType = 'urn:example:counting'
      requestToken(): Promise<Token> {
        return this.tokenRequest({ count: 470_811 as never })
      }
    }
    expect(await errorOf(provider().grant(Counting).requestToken())).toMatchObject({
      code: 'config_invalid',
      message: 'the parameter "count" is a number: write a string',
    })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('needs no scope, and its token has none', async () => {
    const { provider, lastRequest } = await scene()
    const token = await provider().grant(Swap).requestToken()
    expect((await lastRequest()).form).toEqual({ grant_type: 'urn:example:swap', assertion: 'canary-assertion' })
    expect(token.scope).toEqual([])
    expect(token).not.toHaveProperty('requestedScope')
    expect(Object.keys(token.extra)).toEqual([])
  })

  test('has the scopes that it asked for, unless the response names others', async () => {
    const { provider } = await scene({ json: goodToken }, { json: { ...goodToken, scope: 'a' } })
    const grant = provider().grant(Swap)
    expect(await grant.requestToken(['a', 'b'])).toMatchObject({ scope: ['a', 'b'], requestedScope: ['a', 'b'] })
    expect(await grant.requestToken(['a', 'b'])).toMatchObject({ scope: ['a'], requestedScope: ['a', 'b'] })
  })
})

test('an authentication function is told the metadata, whose issuer is the audience of an assertion', async () => {
  const { server, provider } = await scene()
  const metadata = { issuer: server.url, token_endpoint: `${server.url}/token` }
  const told: unknown[] = []
  const authentication = (request: object) => void told.push(request)
  await provider({ clientId: 'cid', authentication }, { metadata }).grant(ClientCredentials).requestToken()
  expect(told).toMatchObject([{ clientId: 'cid', url: new URL(`${server.url}/token`), metadata }])
})

describe('what a hook adds to a request is shown by no error, however the request is encoded', () => {
  const echoed = 'canary-signature'
  const request: ProviderHooks['request'] = ({ body, headers }) => {
    body.set('signature', echoed)
    headers.set('x-signature', `${echoed}-2`)
  }
  const error_description = `no ${echoed}, no ${echoed}-2, no ${clientSecret}`
  const refused = { status: 400, json: { error: 'invalid_request', error_description } }

  test.each(['json', undefined] as const)('as %s', async (encoding) => {
    const definition = { hooks: { request }, tokenRequest: encoding ? { encoding } : {} }
    const { refresh } = await deviant(definition, [refused], confidential)
    const { message, oauth } = await errorOf(refresh())
    expect(message).toContain('(no [redacted], no [redacted], no [redacted])')
    expect(oauth?.errorDescription).toBe('no [redacted], no [redacted], no [redacted]')
  })
})

describe('a response hook that returns what cannot be read', () => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular

  test.each<[string, unknown]>([
    ['an object that contains itself', circular],
    ['a big integer', { access_token: 1n }],
    ['null', null],
  ])('is an error of that stage: %s', async (_, fields) => {
    const { provider } = await scene()
    const acme = provider(confidential, { hooks: { response: () => fields as never } })
    const outcome = await acme
      .grant(Refresh)
      .requestToken('canary-refresh-token')
      .catch((error: unknown) => error)
    if (fields === null) expect(outcome).toMatchObject({ accessToken: goodToken['access_token'] })
    else expect(outcome).toMatchObject({ code: 'token_response_invalid', message: 'the response hook of acme failed' })
  })
})
