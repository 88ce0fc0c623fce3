import { authorizedFetch, ClientCredentials, Provider, Refresh } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { clientSecret, confidential, errorOf, goodToken, scene } from '../support/scene.ts'

const failing = async (reply: Reply) => {
  const stage = await scene(reply, { json: goodToken })
  return { ...stage, error: await errorOf(stage.provider().grant(Refresh).requestToken('canary-refresh-token')) }
}

describe('the deadline', () => {
  test.each<[string, Reply]>([
    ['a server that says nothing', { hang: 'headers' }],
    ['a body that does not end', { text: '{"access_token":', hang: 'body' }],
    ['a body that drips', { chunks: [{ text: ' ', repeat: 1000, delay: 5 }] }],
  ])('A31, G5, 5.6.6: ends the wait for %s, and it is a timeout', async (_, reply) => {
    const { provider, tokenRequests } = await scene(reply)
    const clock = testClock()
    const pending = errorOf(provider(confidential, {}, { clock, timeout: 500 }).grant(ClientCredentials).requestToken())
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
    await clock.advance(499)
    expect(clock.waiting).toBe(1)
    await clock.advance(1)
    expect(await pending).toMatchObject({ code: 'timeout', action: 'retry' })
  })

  test('A31: ends the wait even when fetch does not listen to the signal', async () => {
    const clock = testClock()
    const metadata = { token_endpoint: 'https://id.acme.example/token' }
    const deaf = new Provider(
      { name: 'acme', metadata },
      { clientId: 'cid' },
      { clock, fetch: () => new Promise(() => {}) },
    )
    const pending = errorOf(deaf.grant(ClientCredentials).requestToken())
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(10_000)
    expect((await pending).code).toBe('timeout')
  })

  test('leaves no timer behind', async () => {
    const { provider } = await scene()
    const clock = testClock()
    await provider(confidential, {}, { clock }).grant(ClientCredentials).requestToken()
    expect(clock.waiting).toBe(0)
  })
})

describe('a caller who gives up', () => {
  test('before: nothing is sent', async () => {
    const { provider, tokenRequests } = await scene()
    const error = await errorOf(
      provider()
        .grant(ClientCredentials)
        .requestToken({ signal: AbortSignal.abort(new Error('navigated away')) }),
    )
    expect(error).toMatchObject({ code: 'aborted', action: 'none', cause: { message: 'navigated away' } })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('meanwhile: the request ends at once', async () => {
    const { provider, tokenRequests } = await scene({ hang: 'headers' })
    const controller = new AbortController()
    const pending = errorOf(provider().grant(ClientCredentials).requestToken({ signal: controller.signal }))
    await expect.poll(async () => (await tokenRequests()).length).toBe(1)
    controller.abort()
    expect((await pending).code).toBe('aborted')
  })
})

describe('redirects', () => {
  test.each([301, 302, 303, 307, 308])(
    'A33, G16, G17: %i is refused, and nothing goes where it points',
    async (status) => {
      const elsewhere = await scene()
      const { error, tokenRequests } = await failing({ status, redirect: `${elsewhere.server.url}/token` })
      expect(error.code).toBe('redirect_refused')
      expect(await tokenRequests()).toHaveLength(1)
      expect(await elsewhere.server.requests()).toHaveLength(0)
    },
  )
})

describe('size', () => {
  test('A29, G3: an endless response is given up at the cap', async () => {
    const { error, server } = await failing({ endless: true })
    expect(error.code).toBe('response_too_large')
    await expect.poll(() => server.aborted()).toBe(1)
    const [request] = await server.requests()
    expect(request?.sent).toBeLessThan(16 * 1024 * 1024)
  })

  test('A30, G4: a small response that unfolds into a large one is given up, too', async () => {
    const { error } = await failing({ bytes: 50_000_000, encoding: 'gzip' })
    expect(error.code).toBe('response_too_large')
  })

  test('A29: an error response has the same cap', async () => {
    expect((await failing({ status: 400, bytes: 2_000_000 })).error.code).toBe('response_too_large')
  })
})

describe('the network', () => {
  test('G6, 5.6.6: a body that breaks off is network_error, and the request is not sent again', async () => {
    const { error, tokenRequests } = await failing({ json: { ...goodToken, padding: 'x'.repeat(1000) }, truncate: 20 })
    expect(error).toMatchObject({ code: 'network_error', action: 'retry' })
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('a closed port is network_error', async () => {
    const { provider, server } = await scene()
    await server.close()
    expect((await errorOf(provider().grant(ClientCredentials).requestToken())).code).toBe('network_error')
  })

  test('A65: status 503 is not tried again by itself', async () => {
    const { error, tokenRequests } = await failing({ status: 503, headers: { 'retry-after': '0' } })
    expect(error.action).toBe('retry')
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('a fetch of your own', () => {
  const metadata = { token_endpoint: 'https://id.acme.example/token' }

  test('E-66: is all that is needed for a test without a network', async () => {
    const requests: [string, RequestInit | undefined][] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      requests.push([String(input), init])
      return Response.json(goodToken)
    }
    const token = await new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch })
      .grant(ClientCredentials)
      .requestToken()
    expect(token.accessToken).toBe(goodToken['access_token'])
    expect(requests[0]).toMatchObject(['https://id.acme.example/token', { method: 'POST', redirect: 'manual' }])
  })

  test('that follows redirects is found out', async () => {
    const fetch: typeof globalThis.fetch = async () =>
      Object.defineProperty(Response.json(goodToken), 'redirected', { value: true })
    const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch })
    expect((await errorOf(provider.grant(ClientCredentials).requestToken())).code).toBe('redirect_refused')
  })

  test('A14: that fails with a secret in its message leaks none', async () => {
    const fetch: typeof globalThis.fetch = async (_, init) => {
      throw new TypeError(
        `could not send ${String(init?.body)} with ${new Headers(init?.headers).get('authorization')}`,
      )
    }
    const provider = new Provider(
      { name: 'acme', metadata },
      { clientId: 'cid', clientSecret: `${clientSecret} &` },
      { fetch },
    )
    const error = await errorOf(provider.grant(Refresh).requestToken('canary/refresh+token='))
    expect(error.code).toBe('network_error')
    expect((error.cause as Error).message).toBe(
      'could not send grant_type=refresh_token&refresh_token=[redacted] with [redacted]',
    )
  })
})

test('a fetch that may not be called as a method, like the one of a browser, carries OAuth requests and API calls', async () => {
  const carried: unknown[] = []
  const { provider, server } = await scene()
  await server.reply('/v1/me', { json: { id: 'ada' } })
  function strict(this: unknown, ...[input, init]: Parameters<typeof globalThis.fetch>) {
    if (this !== undefined && this !== globalThis) throw new TypeError('Illegal invocation')
    carried.push(input)
    return globalThis.fetch(input, init)
  }
  const acme = provider(confidential, { apiOrigins: [server.url] }, { fetch: strict })
  const api = authorizedFetch(acme.tokenSource({ grant: ClientCredentials }), { fetch: strict })
  expect((await api(`${server.url}/v1/me`)).status).toBe(200)
  expect(carried).toEqual([`${server.url}/token`, `${server.url}/v1/me`])
})
