import { ClientCredentials, type GrantEvent, Provider, Refresh } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { logIn, openid } from '../support/openid.ts'
import { confidential, errorOf, eventLog, goodToken, publicClient, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

const requestsIn = (events: readonly GrantEvent[]) => events.filter(({ type }) => type === 'request')
/** A clock whose pauses are over at once, and whose deadline never comes. */
const impatient = {
  now: () => 7,
  sleep: (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : Promise.resolve()),
}

describe('every OAuth request is an event, once it is over', () => {
  test('token requests and revocations, with their method, URL, grant type, status and duration', async () => {
    const { server, provider } = await scene({ json: goodToken }, { status: 400, json: { error: 'invalid_grant' } })
    await server.reply('/revoke', { text: '' })
    const { events, onEvent } = eventLog()
    const clock = testClock()
    const fetch: typeof globalThis.fetch = async (...input) => {
      await clock.advance(40)
      return globalThis.fetch(...input)
    }
    const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
    const acme = provider(confidential, { metadata }, { clock, fetch, onEvent })
    await acme.grant(ClientCredentials).requestToken()
    await errorOf(acme.grant(Refresh).requestToken('canary-refresh-token'))
    await acme.revoke('canary-refresh-token')
    const each = { type: 'request', provider: 'acme', method: 'POST', duration: 40 }
    const at = clock.now()
    expect(requestsIn(events)).toEqual([
      { ...each, at: at - 80, url: `${server.url}/token`, grantType: 'client_credentials', status: 200 },
      { ...each, at: at - 40, url: `${server.url}/token`, grantType: 'refresh_token', status: 400 },
      { ...each, at, url: `${server.url}/revoke`, grantType: 'revocation', status: 200 },
    ])
    expect(requestsIn(events).every(Object.isFrozen)).toBe(true)
  })

  test('each attempt of a discovery, and each address', async () => {
    const server = await faultServer()
    const [rfc8414, openidPath] = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
    await server.reply(rfc8414, { status: 503 }, { status: 404 })
    await server.reply(openidPath, { json: { issuer: server.url, token_endpoint: `${server.url}/token` } })
    const { events, onEvent } = eventLog()
    await Provider.discover(server.url, publicClient, { name: 'acme', clock: impatient, onEvent })
    const each = { type: 'request', provider: 'acme', at: 7, method: 'GET', duration: 0 }
    expect(requestsIn(events)).toEqual([
      { ...each, url: `${server.url}${rfc8414}`, status: 503 },
      { ...each, url: `${server.url}${rfc8414}`, status: 404 },
      { ...each, url: `${server.url}${openidPath}`, status: 200 },
    ])
  })

  test('the request for keys', async () => {
    const { events, onEvent } = eventLog()
    const stage = await openid({ onEvent })
    await logIn(stage)
    expect(requestsIn(events).map(({ method, url, status }) => [method, url, status])).toEqual([
      ['POST', `${stage.server.url}/token`, 200],
      ['GET', `${stage.server.url}/jwks`, 200],
    ])
  })

  test.each<[string, Reply, number | undefined]>([
    ['a connection that breaks', { reset: true }, undefined],
    ['a body that breaks off', { text: '{"access_token":', truncate: 5 }, 200],
    ['a redirect', { status: 302, redirect: 'https://new.acme.example/' }, 302],
    ['too many bytes', { bytes: 2_000_000 }, 200],
  ])('also when it fails: %s', async (_, reply, status) => {
    const { provider } = await scene(reply)
    const { events, onEvent } = eventLog()
    await errorOf(provider(confidential, {}, { onEvent }).grant(ClientCredentials).requestToken())
    expect(requestsIn(events)).toHaveLength(1)
    const opaque = status === 302 && requestsIn(events)[0]?.status === 0 // a browser shows no more of a redirect
    if (!opaque) expect(requestsIn(events)[0]?.status).toBe(status)
  })

  test('also when the deadline comes, and fetch does not heed it', async () => {
    const clock = testClock()
    const { events, onEvent } = eventLog()
    const { provider } = await scene()
    const fetch = () => new Promise<Response>(() => {})
    const acme = provider(confidential, {}, { clock, timeout: 300, fetch, onEvent })
    const late = errorOf(acme.grant(ClientCredentials).requestToken())
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(300)
    expect((await late).code).toBe('timeout')
    expect(requestsIn(events)).toEqual([expect.objectContaining({ duration: 300, grantType: 'client_credentials' })])
    expect(requestsIn(events)[0]).not.toHaveProperty('status')
  })

  test('and shows nothing of its query, headers or body', async () => {
    const { events, onEvent } = eventLog()
    const sent: string[] = []
    const fetch: typeof globalThis.fetch = async (url) => {
      sent.push(String(url))
      return Response.json(goodToken)
    }
    const metadata = { token_endpoint: 'https://id.acme.example/token?tenant=seven' }
    const definition = { name: 'acme', metadata, tokenRequest: { method: 'GET' as const } } // secrets in the query
    const acme = new Provider(definition, { ...confidential, authentication: 'client_secret_post' }, { fetch, onEvent })
    await acme.grant(Refresh).requestToken('canary-refresh-token')
    expect(sent[0]).toContain('canary-refresh-token')
    expect(requestsIn(events)).toEqual([
      expect.objectContaining({ method: 'GET', url: 'https://id.acme.example/token' }),
    ])
  })

  test('a clock that is set back makes no negative duration', async () => {
    const { events, onEvent } = eventLog()
    const { provider } = await scene()
    let now = 1_800_000_000_000
    const clock = { now: () => (now -= 1000), sleep: () => new Promise<void>(() => {}) }
    await provider(confidential, {}, { clock, onEvent }).grant(ClientCredentials).requestToken()
    expect(requestsIn(events)[0]?.duration).toBe(0)
  })
})
