import { ClientCredentials, type ProviderOptions, type Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { portOf } from '../../src/provider/provider.ts'
import { testClock } from '../support/clock.ts'
import { boundToken, claimsOf, serverWants } from '../support/dpop.ts'
import { deferred } from '../support/deferred.ts'
import { confidential, errorOf, eventLog, redirectUri, type Scene, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const bound: Reply = { json: boundToken() }
const withNonce = (nonce: string): Reply => ({ ...bound, headers: { 'DPoP-Nonce': nonce } })

const nonces = async (stage: Scene) => (await claimsOf(await stage.tokenRequests())).map(({ nonce }) => nonce)

/** A provider with a key, asked as often as told. */
async function ask(stage: Scene, times = 1, options: ProviderOptions = {}): Promise<Token | undefined> {
  const login = stage.provider(confidential, {}, { dpop: true, ...options }).grant(ClientCredentials)
  let token: Token | undefined
  for (let n = 0; n < times; n++) token = await login.requestToken()
  return token
}

describe('a server that wants its nonce', () => {
  test.each([400, 401])(
    'R163, R253, G37: is sent the request once more, with the nonce and a new proof, after a %i',
    async (status) => {
      const [vector] = vectorsOf('DPoP nonce challenge from AS')
      const { 'DPoP-Nonce': nonce = '' } = (vector?.input['headers'] ?? {}) as Record<string, string>
      const stage = await scene(serverWants(nonce, status), bound)
      expect((await ask(stage))?.tokenType).toBe('DPoP')
      const [first, second] = await claimsOf(await stage.tokenRequests())
      expect([first?.nonce, second?.nonce]).toEqual([undefined, nonce])
      expect(second?.jti).not.toBe(first?.jti)
    },
  )

  test('R163, R253: and is not content with it gets no third request', async () => {
    const stage = await scene(serverWants('one'), serverWants('two'), bound)
    expect(await errorOf(ask(stage))).toMatchObject({
      code: 'token_error',
      oauth: { error: 'use_dpop_nonce' },
      status: 400,
    })
    expect(await nonces(stage)).toEqual([undefined, 'one'])
  })

  test('R164: gets the last nonce with the next request, from a success as well', async () => {
    const stage = await scene(serverWants('one'), withNonce('two'), bound, withNonce('three'), bound)
    await ask(stage, 4)
    expect(await nonces(stage)).toEqual([undefined, 'one', 'two', 'two', 'three'])
  })

  test('A37: but sends none, or one that cannot be sent, gets no second request', async () => {
    for (const nonce of ['', 'a b', 'a"b', 'a\\b', 'ä', 'n'.repeat(1025)]) {
      const stage = await scene({ ...serverWants(nonce), headers: nonce === '' ? {} : { 'DPoP-Nonce': nonce } }, bound)
      const error = await errorOf(ask(stage))
      expect([nonce, error.code, error.oauth?.error]).toEqual([nonce, 'token_error', 'use_dpop_nonce'])
      expect(JSON.stringify(error)).not.toContain('a b')
      expect(await nonces(stage)).toEqual([undefined])
    }
  })

  test('answers whom it asked: the retry of each request has the nonce of its own challenge', async () => {
    const stage = await scene(...[1, 2, 3, 4].map((n) => serverWants(`nonce-${n}`)), bound)
    const all = deferred()
    let arrived = 0
    const together: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init)
      if ((arrived += 1) === 4) all.resolve()
      await all.promise
      return response
    }
    const acme = stage.provider(confidential, {}, { dpop: true, fetch: together }).grant(ClientCredentials)
    await Promise.all([1, 2, 3, 4].map(() => acme.requestToken()))
    const sent = await nonces(stage)
    expect(sent.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined])
    expect(new Set(sent.slice(4))).toEqual(new Set(['nonce-1', 'nonce-2', 'nonce-3', 'nonce-4']))
  })

  test('R166: is a server of its own: another never sees its nonce, nor does another provider of the same one', async () => {
    const [one, other] = [await scene(withNonce('one')), await scene(withNonce('other'))]
    await ask(one, 2)
    await ask(other, 2)
    await ask(one)
    expect(await nonces(one)).toEqual([undefined, 'one', undefined])
    expect(await nonces(other)).toEqual([undefined, 'other'])
  })
})

describe('the second request', () => {
  test('has a client authentication of its own', async () => {
    const stage = await scene(serverWants('one'), bound)
    let count = 0
    const authentication = ({ body }: { body: URLSearchParams }) =>
      body.set('client_assertion', `canary-${(count += 1)}`)
    const acme = stage.provider({ clientId: 'cid', redirectUri, authentication }, {}, { dpop: true })
    await acme.grant(ClientCredentials).requestToken()
    const forms = (await stage.tokenRequests()).map(({ form }) => form?.['client_assertion'])
    expect(forms).toEqual(['canary-1', 'canary-2'])
  })

  test('is under the deadline of the first', async () => {
    const clock = testClock()
    const stage = await scene(serverWants('one'), { hang: 'headers' })
    let sent = 0
    const slow: typeof globalThis.fetch = async (input, init) => {
      if ((sent += 1) === 1) await clock.advance(6000)
      return fetch(input, init)
    }
    const pending = errorOf(ask(stage, 1, { clock, timeout: 10_000, fetch: slow }))
    while ((await stage.tokenRequests()).length < 2) await new Promise((resolve) => setTimeout(resolve, 5))
    await clock.advance(4000)
    expect(await pending).toMatchObject({ code: 'timeout' })
  })

  test('is not sent for a caller who gives up meanwhile', async () => {
    const stage = await scene(serverWants('one'), bound)
    const caller = new AbortController()
    let attempts = 0
    let sent = 0
    const authentication = (): void => void ((attempts += 1) === 2 && caller.abort())
    const counting: typeof globalThis.fetch = (input, init) => {
      sent += 1
      return fetch(input, { ...init, signal: null })
    }
    const acme = stage.provider({ clientId: 'cid', redirectUri, authentication }, {}, { dpop: true, fetch: counting })
    const pending = acme.grant(ClientCredentials).requestToken({ signal: caller.signal })
    expect((await errorOf(pending)).code).toBe('aborted')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect([attempts, sent]).toEqual([2, 1])
  })

  test('is an event, and neither it nor an error shows a proof', async () => {
    const { events, onEvent } = eventLog()
    const stage = await scene(serverWants('one'), { status: 400, json: { error: 'invalid_dpop_proof' } })
    expect(await errorOf(ask(stage, 1, { onEvent }))).toMatchObject({ oauth: { error: 'invalid_dpop_proof' } })
    expect(events.map(({ type, status }) => [type, status])).toEqual([
      ['request', 400],
      ['request', 400],
    ])
    await claimsOf(await stage.tokenRequests()) // the oracle learns the proofs
  })

  test('is cut out of an error that quotes it', async () => {
    const stage = await scene(serverWants('one'), { status: 400, json: { error: 'invalid_dpop_proof' } })
    const seen: string[] = []
    const quoting: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init)
      seen.push(new Headers(init?.headers).get('dpop') ?? '')
      const said = {
        error: seen.length > 1 ? 'invalid_dpop_proof' : 'use_dpop_nonce',
        error_description: seen.join(' '),
      }
      return Response.json(said, { status: 400, headers: response.headers })
    }
    const error = await errorOf(ask(stage, 1, { fetch: quoting }))
    expect(seen).toHaveLength(2)
    for (const proof of seen) expect(`${error.message} ${JSON.stringify(error)}`).not.toContain(proof)
  })
})

test('a pushed request and a revocation carry a proof, and other requests do not', async () => {
  const { server, provider } = await scene(bound)
  const paths = ['/par', '/revoke', '/introspect', '/device']
  for (const path of paths) await server.reply(path, { json: {} })
  const [par, revoke, introspect, device] = paths.map((path) => server.url + path) as [string, string, string, string]
  const metadata = {
    token_endpoint: `${server.url}/token`,
    pushed_authorization_request_endpoint: par,
    revocation_endpoint: revoke,
    introspection_endpoint: introspect,
    device_authorization_endpoint: device,
  }
  const acme = provider(confidential, { metadata }, { dpop: true })
  for (const name of ['pushed_authorization_request', 'introspection', 'device_authorization'])
    await portOf(acme).request(`${name}_endpoint`, { scope: 'read' })
  await acme.revoke('canary-refresh-token')
  const proven = (await server.requests()).map(({ path, headers }) => [path, headers['dpop'] !== undefined])
  expect(proven).toEqual([
    ['/par', true],
    ['/introspect', false],
    ['/device', false],
    ['/revoke', true],
  ])
})
