import { ClientCredentials, Grant, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { EngineClient } from '../src/protocol/engine-client.ts'
import { requestTokenResponse, type TokenRequestContext } from '../src/protocol/token-request.ts'
import { metadata } from './support/acme.ts'
import { testClock } from './support/clock.ts'
import { errorOf, goodToken, scene } from './support/scene.ts'

test('a request names this library, not the engine below it; in a browser, the browser', async () => {
  const { provider, lastRequest } = await scene()
  await provider().grant(ClientCredentials).requestToken()
  expect((await lastRequest()).headers['user-agent']).toMatch(/^(?:grantkit$|Mozilla\/5\.0 )/)
})

test('what the engine refuses is an error of this library, with the reason as its cause', async () => {
  const context = {
    provider: { name: 'acme', metadata },
    secrets: [],
    engine: new EngineClient({
      issuer: '',
      tokenEndpoint: metadata.token_endpoint,
      clientId: 'cid',
      clock: testClock(),
    }),
  } as unknown as TokenRequestContext
  const request = { grantType: 'client_credentials', parameters: {} }
  const error = await errorOf(requestTokenResponse(request, context))
  expect(error).toMatchObject({ code: 'token_response_invalid', message: 'the token answer was refused' })
  expect((error.cause as Error).message).toContain('issuer')
})

describe('a grant that asks for a token by its port alone', () => {
  class Swap extends Grant {
    static readonly grantType = 'urn:example:swap'
    requestToken(scope?: readonly string[]): Promise<Token> {
      const parameters = { assertion: 'canary-assertion' }
      return this.port.requestToken({ grantType: Swap.grantType, parameters, ...(scope && { scope }) })
    }
  }

  test('cannot send what is no text, and says so before anything is sent', async () => {
    const { provider, tokenRequests } = await scene()
    class Counting extends Grant {
      static readonly grantType = 'urn:example:counting'
      requestToken(): Promise<Token> {
        return this.tokenRequest({ count: 42 as never })
      }
    }
    expect(await errorOf(provider().grant(Counting).requestToken())).toMatchObject({
      code: 'config_invalid',
      message: `the parameter "count" is a text: write { count: '42' }`,
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

  test('has the scopes that it asked for, unless the answer names others', async () => {
    const { provider } = await scene({ json: goodToken }, { json: { ...goodToken, scope: 'a' } })
    const grant = provider().grant(Swap)
    expect(await grant.requestToken(['a', 'b'])).toMatchObject({ scope: ['a', 'b'], requestedScope: ['a', 'b'] })
    expect(await grant.requestToken(['a', 'b'])).toMatchObject({ scope: ['a'], requestedScope: ['a', 'b'] })
  })
})
