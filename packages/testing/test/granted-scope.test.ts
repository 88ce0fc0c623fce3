import { ClientCredentials, Grant, type GrantOptions, Pkce, Provider, Refresh, type Token } from '@grantkit/core'
import { simulateProvider, startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { basic, callApi, logIn, refresh, requestToken } from './support.ts'

const grantType = 'urn:example:grant-type:badge'

class Badge extends Grant {
  static readonly grantType = grantType
  requestToken(badge: string, options?: GrantOptions): Promise<Token> {
    return this.tokenRequest({ badge }, options)
  }
}

describe('a scope that does not exist is refused', () => {
  test.each(['nope', 'read nope', 'urn:grantkit:testing:login nope', 'toString', 'Read'])(
    'for client credentials: %s',
    async (scope) => {
      await using server = await startAuthorizationServer()
      const form = { grant_type: 'client_credentials', scope }
      const { status, body } = await requestToken(server, form, { authorization: basic(server) })
      expect([status, body['error'], body.access_token]).toStrictEqual([400, 'invalid_scope', undefined])
    },
  )

  test('after the client is authenticated', async () => {
    await using server = await startAuthorizationServer()
    const form = { grant_type: 'client_credentials', scope: 'nope' }
    const { status, body } = await requestToken(server, form, { authorization: basic(server, 'wrong') })
    expect([status, body['error']]).toStrictEqual([401, 'invalid_client'])
  })

  test('like Spotify, with its own message', async () => {
    await using server = await startAuthorizationServer({ like: 'spotify' })
    const form = { grant_type: 'client_credentials', scope: 'read' }
    const { status, body } = await requestToken(server, form, { authorization: basic(server) })
    expect([status, body['error']]).toStrictEqual([400, 'invalid_scope'])
  })

  test('for an extension grant', async () => {
    await using server = await startAuthorizationServer({ grants: { [grantType]: () => ({ accountId: 'ada' }) } })
    const badges = new Provider({ name: 'test', metadata: server.metadata }, server.clients.public).grant(Badge)
    await expect(badges.requestToken('007', { scope: ['nope'] })).rejects.toMatchObject({
      code: 'token_error',
      oauth: { error: 'invalid_scope' },
    })
  })

  test('and the library reports it as a configuration error', async () => {
    await using server = await startAuthorizationServer()
    const provider = new Provider({ name: 'test', metadata: server.metadata }, server.clients.confidential)
    await expect(provider.grant(ClientCredentials).requestToken({ scope: ['nope'] })).rejects.toMatchObject({
      action: 'fix_configuration',
      oauth: { error: 'invalid_scope' },
    })
  })
})

describe('a token does not claim a refused scope', () => {
  test('when the user agrees to nothing, and after a refresh', async () => {
    await using server = await startAuthorizationServer()
    const { body } = await logIn(server, { scope: 'read write' }, { scope: [] })
    expect(body.scope).toBe('')
    expect((await refresh(server, body.refresh_token)).body.scope).toBe('')
    const echo = await callApi(server, '/api/echo', body.access_token)
    expect(await echo.json()).toMatchObject({ scope: '' })
  })

  test.each([[[]], [['read']], [['read', 'write']]])('as the library reads it: %j', async (scope) => {
    await using server = await startAuthorizationServer()
    const provider = new Provider({ name: 'test', metadata: server.metadata }, server.clients.public)
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['read', 'write'] })
    const token = await login.requestToken(await server.logIn(url, { scope }), transaction)
    expect(token.scope).toEqual(scope)
    expect((await provider.grant(Refresh).requestToken(token)).scope).toEqual(scope)
  })

  test('when an extension grant grants less than requested', async () => {
    const grants = { [grantType]: () => ({ accountId: 'ada', scope: [] }) }
    await using server = await startAuthorizationServer({ grants })
    const badges = new Provider({ name: 'test', metadata: server.metadata }, server.clients.public).grant(Badge)
    expect((await badges.requestToken('007', { scope: ['read'] })).scope).toEqual([])
  })

  test('when the simulated provider may omit the scope', async () => {
    const endpoints = {
      authorization_endpoint: 'https://id.acme.example/authorize',
      token_endpoint: 'https://id.acme.example/token',
    }
    const definition = { name: 'acme', metadata: endpoints, tokenResponse: { absent: { scope: [null] } } }
    await using simulation = await simulateProvider(definition)
    const login = new Provider(simulation.definition, simulation.clients.public).grant(Pkce)
    for (const scope of [['read'], [], ['read', 'write'], ['write'], []]) {
      const { url, transaction } = await login.authorize({ scope: ['read', 'write'] })
      const token = await login.requestToken(await simulation.logIn(url, { scope }), transaction)
      expect(token.scope).toEqual(scope)
    }
  })
})
