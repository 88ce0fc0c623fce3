import { ClientCredentials, Grant, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, goodToken } from '../support/scene.ts'

describe('a token request', () => {
  test('#10, #39: carries parameters of the provider’s own, for all grants and for one', async () => {
    const { refresh, lastRequest, normalised } = await deviant({
      parameters: { token: { expires_in: '1800' } },
      grants: { refresh_token: { parameters: { type: 'refresh' } } },
    })
    await refresh()
    expect((await lastRequest()).form).toMatchObject({
      expires_in: '1800',
      type: 'refresh',
      grant_type: 'refresh_token',
    })
    expect(normalised()).toEqual([])
  })

  test('#31: has the declared names for parameters, the client’s own among them', async () => {
    const { login, lastRequest, normalised } = await deviant({
      clientAuthentication: { method: 'client_secret_post' },
      tokenRequest: { renamed: { client_id: 'app_id', client_secret: 'secret', code: 'auth_code' } },
    })
    await login()
    const { form = {} } = await lastRequest()
    expect(form).toMatchObject({ app_id: 'cid', secret: confidential.clientSecret, auth_code: 'canary-code' })
    for (const name of ['client_id', 'client_secret', 'code']) expect(form).not.toHaveProperty(name)
    expect(new Set(normalised())).toEqual(
      new Set(['client_id', 'client_secret', 'code'].map((name) => `tokenRequest.renamed.${name}`)),
    )
  })

  test('#37: is JSON', async () => {
    const { login, lastRequest, normalised } = await deviant({ tokenRequest: { encoding: 'json' } })
    await login()
    const { headers, body } = await lastRequest()
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({ grant_type: 'authorization_code', code: 'canary-code' })
    expect(normalised()).toEqual(['tokenRequest.encoding'])
  })

  test('#37: writes a parameter that repeats as a list', async () => {
    const { provider, lastRequest } = await deviant({ tokenRequest: { encoding: 'json' } })
    const resource = ['https://a.example', 'https://b.example']
    await provider.grant(ClientCredentials).requestToken({ resource })
    expect(JSON.parse((await lastRequest()).body)).toMatchObject({ resource })
  })

  test.each([{ method: 'GET' }, { encoding: 'query' }] as const)(
    '#38: has its parameters in the query: %o',
    async (tokenRequest) => {
      const { login, lastRequest, server } = await deviant({
        tokenRequest,
        clientAuthentication: { method: 'client_secret_post' },
      })
      await login()
      const { method, url, body, headers } = await lastRequest()
      await server.forget() // the oracle would find the code in the URL, and here that is declared
      expect(method).toBe('method' in tokenRequest ? 'GET' : 'POST')
      expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
        grant_type: 'authorization_code',
        code: 'canary-code',
        client_secret: confidential.clientSecret,
      })
      expect(body).toBe('')
      expect(headers['content-type']).toBeUndefined()
    },
  )

  test('#40: has another grant type, or none', async () => {
    const { provider, refresh, lastRequest, normalised } = await deviant({
      grants: {
        client_credentials: { grantType: 'account_credentials' },
        refresh_token: { omitted: ['grant_type'] },
      },
    })
    await provider.grant(ClientCredentials).requestToken()
    expect((await lastRequest()).form).toMatchObject({ grant_type: 'account_credentials' })
    await refresh()
    expect((await lastRequest()).form).not.toHaveProperty('grant_type')
    expect(normalised()).toEqual(['grants.client_credentials.grantType', 'grants.refresh_token.omitted'])
  })

  test('#41: a short-lived token is traded for a long-lived one, by a custom grant', async () => {
    class LongLived extends Grant {
      static readonly grantType = 'ig_exchange_token'
      requestToken({ accessToken }: Token): Promise<Token> {
        return this.tokenRequest({ access_token: accessToken })
      }
    }
    const { provider, server, lastRequest } = await deviant({
      grants: { ig_exchange_token: { endpoint: '{server}/access_token', method: 'GET' } },
    })
    await server.reply('/access_token', { json: { ...goodToken, access_token: 'canary-long' } })
    const token = await provider.grant(LongLived).requestToken(Token.from({ accessToken: 'canary-short' }))
    const { url, method } = await lastRequest()
    await server.forget()
    expect(token.accessToken).toBe('canary-long')
    expect(method).toBe('GET')
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      grant_type: 'ig_exchange_token',
      access_token: 'canary-short',
    })
  })

  test('#42: refreshes at an endpoint of its own, with the access token', async () => {
    const { provider, server, login, refresh, lastRequest, normalised } = await deviant({
      tokenResponse: { members: { refresh_token: 'access_token' } },
      grants: {
        refresh_token: {
          endpoint: '{server}/refresh_access_token',
          method: 'GET',
          grantType: 'ig_refresh_token',
          renamed: { refresh_token: 'access_token' },
        },
      },
    })
    await server.reply('/refresh_access_token', { json: { ...goodToken, access_token: 'canary-fresh' } })
    const token = await login()
    expect(token.refreshToken).toBe(token.accessToken)
    const fresh = await refresh(token)
    const { url, method } = await lastRequest()
    await server.forget()
    expect(method).toBe('GET')
    expect(url).toContain('/refresh_access_token?')
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      grant_type: 'ig_refresh_token',
      access_token: token.accessToken,
    })
    expect(fresh).toMatchObject({ accessToken: 'canary-fresh', refreshToken: 'canary-fresh' })
    expect(provider.definition.metadata.token_endpoint).not.toContain('refresh')
    expect(normalised()).toEqual([
      'tokenResponse.members.refresh_token',
      'grants.refresh_token.grantType',
      'grants.refresh_token.endpoint',
      'grants.refresh_token.renamed.refresh_token',
      'grants.refresh_token.method',
      'tokenResponse.members.refresh_token',
    ])
  })

  test('#46: names the resource, or an audience', async () => {
    const { provider, lastRequest } = await deviant({ parameters: { token: { audience: 'api.acme.example' } } })
    await provider.grant(ClientCredentials).requestToken({ resource: 'https://api.acme.example' })
    expect((await lastRequest()).form).toMatchObject({
      audience: 'api.acme.example',
      resource: 'https://api.acme.example',
    })
  })

  test('#53: carries the headers that the provider requires', async () => {
    const { refresh, lastRequest, normalised } = await deviant({
      tokenRequest: { headers: { 'acme-version': '2022-06-28', accept: 'application/vnd.acme+json' } },
    })
    await refresh()
    const { headers } = await lastRequest()
    expect(headers).toMatchObject({ 'acme-version': '2022-06-28', accept: 'application/vnd.acme+json' })
    expect(normalised()).toEqual(['tokenRequest.headers'])
  })

  test('says of one grant what differs from all, and leaves the rest', async () => {
    const { login, refresh, lastRequest } = await deviant({
      tokenRequest: { encoding: 'json', renamed: { client_id: 'app' }, headers: { 'x-all': '1' } },
      clientAuthentication: { method: 'client_secret_post' },
      grants: { refresh_token: { renamed: { refresh_token: 'token' } } },
    })
    await login()
    expect(JSON.parse((await lastRequest()).body)).toMatchObject({ app: 'cid' })
    await refresh('canary-refresh')
    const { body, headers } = await lastRequest()
    expect(JSON.parse(body)).toMatchObject({ client_id: 'cid', token: 'canary-refresh' })
    expect(headers['x-all']).toBe('1')
  })
})
