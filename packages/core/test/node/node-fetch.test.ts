import { inspect } from 'node:util'
import { nodeFetch } from '@grantkit/core/node'
import { type LocalFaultServer, startFaultServer } from '@grantkit/testing/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { watch } from '../support/oracle.ts'
import { goodToken } from '../support/scene.ts'

async function start(): Promise<LocalFaultServer> {
  const server = await startFaultServer()
  onTestFinished(() => server.close())
  return watch(server)
}

describe('nodeFetch is a fetch', () => {
  test('status, headers and body come back', async () => {
    const server = await start()
    await server.reply('/x', {
      status: 418,
      statusText: 'Teapot',
      headers: { 'x-one': ['a', 'b'] },
      json: { hello: 'wörld' },
    })
    const response = await nodeFetch()(`${server.url}/x`)
    expect(response.status).toBe(418)
    expect(response.headers.get('x-one')).toBe('a, b')
    expect(await response.json()).toEqual({ hello: 'wörld' })
  })

  test.each<[string, (url: string) => Parameters<typeof fetch>]>([
    ['a string', (url) => [url, { method: 'post', body: 'hello', headers: { 'x-mine': '1' } }]],
    [
      'bytes',
      (url) => [new URL(url), { method: 'POST', body: new TextEncoder().encode('hello'), headers: { 'x-mine': '1' } }],
    ],
    [
      'a form',
      (url) => [url, { method: 'POST', body: new URLSearchParams({ hello: '' }), headers: [['x-mine', '1']] }],
    ],
    [
      'a stream',
      (url) => [
        url,
        {
          method: 'POST',
          body: new Blob(['hello']).stream(),
          headers: { 'x-mine': '1' },
          duplex: 'half',
        } as RequestInit,
      ],
    ],
    ['a Request', (url) => [new Request(url, { method: 'POST', body: 'hello', headers: { 'x-mine': '1' } })]],
  ])('%s is sent', async (_, argumentsFor) => {
    const server = await start()
    await server.reply('/x', { text: 'ok' })
    await (await nodeFetch()(...argumentsFor(`${server.url}/x`))).text()
    const [request] = await server.requests()
    expect(request?.method).toBe('POST')
    expect(request?.headers['x-mine']).toBe('1')
    expect(request?.body).toMatch(/^hello=?$/)
  })

  test.each(['gzip', 'br', 'deflate'] as const)('%s is decoded', async (encoding) => {
    const server = await start()
    await server.reply('/x', { json: goodToken, encoding })
    expect(await (await nodeFetch()(`${server.url}/x`)).json()).toEqual(goodToken)
  })

  test.each([204, 304])('status %i has no body', async (status) => {
    const server = await start()
    await server.reply('/x', { status })
    const response = await nodeFetch()(`${server.url}/x`)
    expect([response.status, response.body]).toEqual([status, null])
  })

  test('A33: a redirect is not followed', async () => {
    const server = await start()
    await server.reply('/x', { redirect: '/y' })
    const response = await nodeFetch()(`${server.url}/x`)
    expect(response.status).toBe(302)
    expect(await server.requests()).toHaveLength(1)
  })

  test.each([{}, { tls: {} }])('a redirect fails where the caller wants that: %j', async (options) => {
    const server = await start()
    await server.reply('/x', { redirect: '/y' })
    await expect(nodeFetch(options)(`${server.url}/x`, { redirect: 'error' })).rejects.toThrow(TypeError)
    expect(await server.requests()).toHaveLength(1)
  })

  test('an abort rejects with its reason: before, while waiting, and while reading', async () => {
    const server = await start()
    await server.reply('/headers', { hang: 'headers' })
    await server.reply('/body', { text: 'begin', hang: 'body' })
    const reason = new Error('navigated away')
    await expect(nodeFetch()(`${server.url}/x`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const waiting = nodeFetch()(`${server.url}/headers`, { signal: controller.signal })
    const reading = (await nodeFetch()(`${server.url}/body`, { signal: controller.signal })).text()
    controller.abort(reason)
    await expect(waiting).rejects.toBe(reason)
    await expect(reading).rejects.toThrow()
  })

  test.each([
    { reset: true as const },
    { json: goodToken, truncate: 5 },
    { json: goodToken, encoding: 'gzip' as const, truncate: 5 },
  ])('a broken response rejects: %j', async (reply) => {
    const server = await start()
    await server.reply('/x', reply)
    await expect(nodeFetch()(`${server.url}/x`).then((response) => response.text())).rejects.toThrow()
  })

  test('a closed port is a TypeError whose cause says so', async () => {
    const server = await start()
    await server.close()
    const error = await nodeFetch()(`${server.url}/x`).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ name: 'TypeError', message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
  })

  test('a request that cannot be sent is a TypeError', async () => {
    const server = await start()
    await expect(nodeFetch()(`${server.url}/x`, { method: 'A B' })).rejects.toThrow(TypeError)
    expect(await server.requests()).toEqual([])
  })

  test('a body that nobody reads stops the sender, and is there when somebody does', async () => {
    const server = await start()
    await server.reply('/x', { bytes: 3_000_000 })
    const response = await nodeFetch()(`${server.url}/x`)
    const other = await nodeFetch()(`${server.url}/x`)
    expect((await response.text()).length).toBe(3_000_000)
    expect((await other.arrayBuffer()).byteLength).toBe(3_000_000)
  })

  test('what is read is a Response: cloned, streamed, and read once', async () => {
    const server = await start()
    await server.reply('/x', { json: { hello: 'world' } })
    const response = await nodeFetch()(`${server.url}/x`)
    expect([response instanceof Response, response.ok, response.url, response.bodyUsed]).toEqual([
      true,
      true,
      `${server.url}/x`,
      false,
    ])
    const copy = response.clone()
    expect(await response.json()).toEqual({ hello: 'world' })
    expect(await new Response(copy.body).text()).toBe('{"hello":"world"}')
    const again = await nodeFetch()(`${server.url}/x`)
    expect(await again.text()).toBe('{"hello":"world"}')
    expect(again.bodyUsed).toBe(true)
    await expect(again.text()).rejects.toThrow(TypeError)
    const bytes = await (await nodeFetch()(`${server.url}/x`)).bytes()
    expect(new TextDecoder().decode(bytes)).toBe('{"hello":"world"}')
    expect((await (await nodeFetch()(`${server.url}/x`)).blob()).size).toBe(17)
    expect(inspect(await nodeFetch()(`${server.url}/x`))).toMatch(/^(?:Received)?Response/) // Deno shows the name of the class
  })

  test.each(['ftp://x.example/', 'data:,x', 'file:///etc/passwd', 'blob:nodedata:x', '/x'])(
    'G40: %s is refused',
    async (url) => {
      await expect(nodeFetch()(url)).rejects.toThrow(TypeError)
    },
  )

  test('each cookie of a response is a header of its own', async () => {
    const server = await start()
    await server.reply('/x', {
      text: '',
      headers: { 'set-cookie': ['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'] },
    })
    const { headers } = await nodeFetch()(`${server.url}/x`)
    expect(headers.getSetCookie()).toEqual(['a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT', 'b=2'])
  })

  test('a response has the URL it came from, without the fragment, and so has its clone', async () => {
    const server = await start()
    await server.reply('/x', { text: 'ok' })
    const response = await nodeFetch()(`${server.url}/x?a=b#fragment`)
    const copy = response.clone()
    expect([response.url, copy.url, copy.clone().url]).toEqual(Array(3).fill(`${server.url}/x?a=b`))
    expect([response.redirected, await copy.text(), await response.text()]).toEqual([false, 'ok', 'ok'])
  })

  test('a HEAD request has no body in its response', async () => {
    const server = await start()
    await server.reply('/x', { text: 'hello' })
    const response = await nodeFetch()(`${server.url}/x`, { method: 'HEAD' })
    expect([response.status, response.body, await response.text()]).toEqual([200, null, ''])
    expect((await server.requests())[0]?.method).toBe('HEAD')
  })

  test('a body is read into memory of the caller’s, too', async () => {
    const server = await start()
    await server.reply('/x', { text: 'hello' })
    const reader = (await nodeFetch()(`${server.url}/x`)).body?.getReader({ mode: 'byob' })
    const { value } = (await reader?.read(new Uint8Array(2))) ?? {}
    expect(new TextDecoder().decode(value)).toBe('he')
    await reader?.read(new Uint8Array(9))
    expect((await reader?.read(new Uint8Array(9)))?.done).toBe(true)
  })

  test('the redirect mode of a Request counts, unless another is given', async () => {
    const server = await start()
    await server.reply('/x', { redirect: '/y' })
    const request = new Request(`${server.url}/x`, { redirect: 'error' })
    await expect(nodeFetch()(request)).rejects.toThrow(TypeError)
    expect((await nodeFetch()(request, { redirect: 'manual' })).status).toBe(302)
  })

  test('a request says what it accepts, and its own headers win', async () => {
    const server = await start()
    await server.reply('/x', { text: 'ok' })
    for (const headers of [{}, { Accept: 'text/plain', 'User-Agent': 'app' }, { Range: 'bytes=0-1' }])
      await nodeFetch()(`${server.url}/x`, { headers })
    const sent = (await server.requests()).map(({ headers }) => headers)
    expect(sent.map(({ accept }) => accept)).toEqual(['*/*', 'text/plain', '*/*'])
    expect(sent.map((headers) => headers['user-agent'])).toEqual(['grantkit', 'app', 'grantkit'])
    expect(sent.map((headers) => headers['accept-encoding'])).toEqual(['gzip, br', 'gzip, br', 'identity'])
  })

  test('a URL with credentials is refused, and the error does not show them', async () => {
    const server = await start()
    const url = server.url.replace('//', '//me:canary@')
    for (const input of [url, new URL(url)]) {
      const error = await nodeFetch()(input).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(TypeError)
      expect(inspect(error)).not.toContain('canary')
    }
    expect(await server.requests()).toEqual([])
  })
})
