import { type Clock, Pkce, Provider, type ProviderOptions } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { errorOf, eventLog, watched } from '../support/scene.ts'
import { authorizationServer, faultServer } from '../support/servers.ts'

/** The time of this machine, without the pauses between attempts; a deadline never comes. */
const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    ms < 5_000
      ? Promise.resolve()
      : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
}

/** A login at a real server, whose keys are published by another one that is told what to say first. */
async function begin(...faults: readonly Reply[]) {
  const server = await authorizationServer()
  const keyServer = await faultServer()
  const keys: unknown = await (await fetch(String(server.metadata.jwks_uri))).json()
  await keyServer.reply('/jwks', ...faults, { json: keys })
  const metadata = { ...server.metadata, jwks_uri: `${keyServer.url}/jwks` }
  const provider = (options: ProviderOptions = {}) =>
    new Provider({ name: 'acme', metadata }, server.clients.public, { clock, onEvent: watched(), ...options })
  const login = provider().grant(Pkce)
  const { url, transaction } = await login.authorize({ scope: ['openid', 'read'] })
  const callback = await server.logIn(url)
  const exchanges = async () =>
    (await server.requests()).filter(({ path }) => path === new URL(metadata.token_endpoint).pathname)
  return { provider, login, transaction, callback, exchanges }
}

const thrice = (reply: Reply): readonly Reply[] => [reply, reply, reply] // a GET is tried three times

const outages: readonly [what: string, faults: readonly Reply[]][] = [
  ['a connection that breaks', thrice({ reset: true })],
  ['a server that fails', thrice({ status: 503 })],
  ['a server that is too busy', thrice({ status: 429 })],
  ['keys that are not there yet', [{ status: 404 }]],
  ['a page of a proxy', [{ text: '<html>log in to the Wi-Fi</html>', headers: { 'content-type': 'text/html' } }]],
  ['a document that is not a key set', [{ json: { hello: 'world' } }]],
  ['a document without an end', [{ json: { keys: [], x: 'x'.repeat(600_000) } }]],
  ['a redirect', [{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }]],
]

describe('keys that cannot be fetched after the code was redeemed', () => {
  test.each(outages)(
    'end no login: after %s, the same callback finishes it without sending the code again',
    async (_, faults) => {
      const { login, transaction, callback, exchanges } = await begin(...faults)
      expect((await errorOf(login.requestToken(callback, transaction))).code).not.toBe('transaction_used')
      const token = await login.requestToken(callback, transaction)
      expect(token.claims?.sub).toBe('ada')
      expect(token.hasScope('read')).toBe(true)
      expect(await exchanges()).toHaveLength(1)
      expect((await errorOf(login.requestToken(callback, transaction))).code).toBe('transaction_used')
    },
  )

  test('end none on another provider of the same options, either', async () => {
    const { provider, login, transaction, callback, exchanges } = await begin(...thrice({ status: 503 }))
    expect((await errorOf(login.requestToken(callback, transaction))).action).toBe('retry')
    const stored = JSON.parse(JSON.stringify(transaction)) as typeof transaction
    expect((await provider().grant(Pkce).requestToken(callback, stored)).claims?.sub).toBe('ada')
    expect(await exchanges()).toHaveLength(1)
  })

  test('hand out nothing before they are there: no token, and no event that says so', async () => {
    const { provider, transaction, callback } = await begin(...thrice({ status: 503 }))
    const { events, onEvent } = eventLog()
    const login = provider({ onEvent }).grant(Pkce)
    await errorOf(login.requestToken(callback, transaction))
    expect(events.filter(({ type }) => type === 'issued')).toEqual([])
    await login.requestToken(callback, transaction)
    expect(events.filter(({ type }) => type === 'issued')).toHaveLength(1)
  })

  test('fail concurrent callbacks with an error for each of them, and leave them one exchange', async () => {
    const { provider, login, transaction, callback, exchanges } = await begin(...thrice({ reset: true }))
    const attempt = () => login.requestToken(callback, transaction)
    const errors = await Promise.all([attempt, attempt, attempt].map((call) => errorOf(call())))
    expect(new Set(errors).size).toBe(3)
    expect(new Set(errors.map(({ code, action, message }) => `${code} ${action} ${message}`)).size).toBe(1)
    const tokens = await Promise.all([attempt(), provider().grant(Pkce).requestToken(callback, transaction)])
    expect(tokens[1]).toEqual(tokens[0])
    expect(await exchanges()).toHaveLength(1)
  })
})
