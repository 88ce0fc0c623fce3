import { Grant, type GrantOptions, type GrantPort, Token, type TokenRequest } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { clientSecret, errorOf, scene } from '../support/scene.ts'

class Saml2Bearer extends Grant {
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer'
  requestToken(assertion: string, options?: GrantOptions): Promise<Token> {
    return this.tokenRequest({ assertion }, options)
  }
}

describe('E-64: a custom grant', () => {
  test('is a class with a grant type and one method', async () => {
    const { provider, lastRequest } = await scene()
    const token = await provider()
      .grant(Saml2Bearer)
      .requestToken('canary-PHNhbWw', { scope: ['a'], parameters: { hint: 'x' } })
    const { headers, form } = await lastRequest()
    expect(headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(form).toEqual({ grant_type: Saml2Bearer.grantType, assertion: 'canary-PHNhbWw', scope: 'a', hint: 'x' })
    expect(token).toBeInstanceOf(Token)
  })

  test('has every check and every error of those that come with the library', async () => {
    const { provider } = await scene({
      status: 400,
      json: { error: 'invalid_grant', error_description: 'canary-assertion is old' },
    })
    const error = await errorOf(provider().grant(Saml2Bearer).requestToken('canary-assertion'))
    expect(error).toMatchObject({ code: 'token_error', action: 'reauthorize', oauth: { error: 'invalid_grant' } })
  })

  test.each([[undefined], [''], [42]])('with the grant type %j says what to write', async (grantType) => {
    class Nameless extends Grant {
      static readonly grantType = grantType as string
      requestToken(): Promise<Token> {
        return this.tokenRequest({})
      }
    }
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(provider().grant(Nameless).requestToken())
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain('static readonly grantType')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('is unit-tested with an object literal as its port', async () => {
    const requests: TokenRequest[] = []
    const port: GrantPort = {
      provider: { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } },
      client: { clientId: 'cid', redirectUris: [], confidential: true },
      clock: testClock(),
      authorizationUrl: () => new URL('https://id.acme.example/authorize'),
      requestToken: async (request) => {
        requests.push(request)
        return Token.from({ accessToken: 'a' })
      },
    }
    await new Saml2Bearer(port).requestToken('canary-PHNhbWw')
    expect(requests).toMatchObject([
      { grantType: Saml2Bearer.grantType, parameters: { assertion: 'canary-PHNhbWw' }, scope: [] },
    ])
  })
})
