import type { LookupAddress } from 'node:dns'
import { ClientCredentials, Provider } from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import type { FaultServer, Reply } from '@grantkit/testing/server'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { testClock, type TestClock } from '../support/clock.ts'
import { errorOf, goodToken } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'

/** What the next names resolve to; undefined for a name that does not exist. */
const answers: (readonly string[] | undefined)[] = []
afterEach(() => void answers.splice(0))

vi.mock(import('node:dns'), async (original) => {
  const dns = await original()
  const lookup = (name: string, options: object, callback: (...result: unknown[]) => void): void => {
    const addresses = answers.shift()
    const found = addresses?.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => (found ? callback(null, found) : callback(new Error(`${name} ${Object.keys(options).length}`))))
  }
  return { ...dns, default: { ...dns, lookup: lookup as never }, lookup: lookup as never }
})

const transports: readonly [string, () => typeof globalThis.fetch][] = [
  ['the client behind fetch', () => nodeFetch()],
  ['node:http', () => nodeFetch({ tls: {} })],
]
const encodings: readonly Pick<Reply, 'encoding'>[] = [
  {},
  { encoding: 'gzip' },
  { encoding: 'br' },
  { encoding: 'deflate' },
]

describe.each(transports)('through nodeFetch, on %s,', (_, makeFetch) => {
  const request = async (server: FaultServer, options: { timeout?: number; clock?: TestClock } = {}) => {
    const metadata = { token_endpoint: `${server.url}/token` }
    const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch: makeFetch(), ...options })
    return errorOf(provider.grant(ClientCredentials).requestToken())
  }
  const answering = async (reply: Reply) => {
    const server = await faultServer()
    await server.reply('/token', reply)
    return server
  }

  test.each(encodings)(
    'an answer that goes on is given up at the cap, and its connection with it: %j',
    async (encoded) => {
      const server = await answering({ chunks: [{ text: 'x'.repeat(100_000), repeat: 100_000, delay: 1 }], ...encoded })
      expect((await request(server)).code).toBe('response_too_large')
      await expect.poll(() => server.aborted()).toBe(1)
    },
  )

  test.each(encodings)('an answer that is too large is, though all of it has come: %j', async (encoded) => {
    expect((await request(await answering({ bytes: 20_000_000, ...encoded }))).code).toBe('response_too_large')
  })

  test.each(encodings)('JSON that ends in too many spaces is too large: %j', async (encoded) => {
    const text = JSON.stringify(goodToken) + ' '.repeat(2_000_000)
    expect((await request(await answering({ text, ...encoded }))).code).toBe('response_too_large')
  })

  test.each(encodings)('an answer that never ends is given up at the deadline: %j', async (encoded) => {
    const server = await answering({ text: '{"access_token":', hang: 'body', ...encoded })
    const clock = testClock()
    const pending = request(server, { clock, timeout: 100 })
    await expect.poll(async () => (await server.requests()).length).toBe(1)
    await clock.advance(100)
    expect((await pending).code).toBe('timeout')
    await expect.poll(() => server.aborted()).toBe(1)
  })

  test.each(['gzip', 'br', 'deflate'])('bytes that are no %s are a broken answer, at once', async (encoding) => {
    const server = await answering({ text: 'not compressed at all', headers: { 'content-encoding': encoding } })
    expect((await request(server)).code).toBe('network_error')
  })

  test.each([301, 302, 303, 307, 308])('status %i is refused, and nothing goes where it points', async (status) => {
    const elsewhere = await answering({ json: goodToken })
    const server = await answering({ status, redirect: `${elsewhere.url}/token` })
    expect((await request(server)).code).toBe('redirect_refused')
    expect(await elsewhere.requests()).toHaveLength(0)
  })
})

describe('names', () => {
  test.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private one', ['1.1.1.1', '127.0.0.1']],
    ['a private one in IPv6', ['::ffff:127.0.0.1']],
    ['none at all', []],
  ])('A19: that resolve to %s are refused', async (_, addresses) => {
    answers.push(addresses)
    const fetch = nodeFetch({ privateAddresses: 'refused' })
    await expect(fetch('http://rebound.example/')).rejects.toMatchObject({ code: 'insecure_url' })
    expect(answers).toEqual([])
  })

  test('A19: are resolved for each connection, so that one which led nowhere before is refused', async () => {
    const fetch = nodeFetch({ privateAddresses: 'refused' })
    answers.push(undefined, ['127.0.0.1'])
    await expect(fetch('http://rebound.example/')).rejects.toThrow(TypeError)
    await expect(fetch('http://rebound.example/')).rejects.toMatchObject({ code: 'insecure_url' })
  })

  test('that do not exist are a network error', async () => {
    answers.push(undefined)
    const fetch = nodeFetch({ privateAddresses: 'refused' })
    await expect(fetch('http://nowhere.example/')).rejects.toThrow('fetch failed')
  })
})
