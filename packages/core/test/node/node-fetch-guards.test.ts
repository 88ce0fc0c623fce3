import { ClientCredentials, Provider } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { gzipSync } from 'node:zlib'
import { rawServer, response } from '../support/raw-server.ts'
import { testClock, type TestClock } from '../support/clock.ts'
import { errorOf, goodToken } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { fetchOn, releases } from '../support/undici.ts'

const encodings: readonly Pick<Reply, 'encoding'>[] = [
  {},
  { encoding: 'gzip' },
  { encoding: 'br' },
  { encoding: 'deflate' },
]

describe.each(releases)('through nodeFetch, on %s,', (_, undici) => {
  const request = async (server: { readonly url: string }, options: { timeout?: number; clock?: TestClock } = {}) => {
    const metadata = { token_endpoint: `${server.url}/token` }
    const provider = new Provider(
      { name: 'acme', metadata },
      { clientId: 'cid' },
      { fetch: fetchOn(undici), ...options },
    )
    return errorOf(provider.grant(ClientCredentials).requestToken())
  }
  const replying = async (reply: Reply) => {
    const server = await faultServer()
    await server.reply('/token', reply)
    return server
  }

  test.each(encodings)(
    'a response that goes on is given up at the cap, and its connection with it: %j',
    async (encoded) => {
      const server = await replying({ chunks: [{ text: 'x'.repeat(100_000), repeat: 100_000, delay: 1 }], ...encoded })
      expect((await request(server)).code).toBe('response_too_large')
      await expect.poll(() => server.aborted()).toBe(1)
    },
  )

  test.each(encodings)('a response that is too large is, though all of it has come: %j', async (encoded) => {
    expect((await request(await replying({ bytes: 20_000_000, ...encoded }))).code).toBe('response_too_large')
  })

  test('a response that is compressed twice counts as what it unfolds to', async () => {
    const bomb = gzipSync(gzipSync(Buffer.alloc(100_000_000))) // 100 MB in 500 bytes
    const { origin } = new URL(await rawServer(response('200 OK', ['content-encoding: gzip, gzip'], bomb)))
    expect((await request({ url: origin })).code).toBe('response_too_large')
  })

  test.each(encodings)('JSON that ends in too many spaces is too large: %j', async (encoded) => {
    const text = JSON.stringify(goodToken) + ' '.repeat(2_000_000)
    expect((await request(await replying({ text, ...encoded }))).code).toBe('response_too_large')
  })

  test.each(encodings)('a response that never ends is given up at the deadline: %j', async (encoded) => {
    const server = await replying({ text: '{"access_token":', hang: 'body', ...encoded })
    const clock = testClock()
    const pending = request(server, { clock, timeout: 100 })
    await expect.poll(async () => (await server.requests()).length).toBe(1)
    await clock.advance(100)
    expect((await pending).code).toBe('timeout')
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test.each(['gzip', 'br', 'deflate'])('bytes that are not %s are a broken response, at once', async (encoding) => {
    const server = await replying({ text: 'not compressed at all', headers: { 'content-encoding': encoding } })
    expect((await request(server)).code).toBe('network_error')
  })

  test.each([301, 302, 303, 307, 308])('status %i is refused, and nothing goes where it points', async (status) => {
    const elsewhere = await replying({ json: goodToken })
    const server = await replying({ status, redirect: `${elsewhere.url}/token` })
    expect((await request(server)).code).toBe('redirect_refused')
    expect(await elsewhere.requests()).toHaveLength(0)
  })
})
