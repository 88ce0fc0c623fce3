import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib'
import { startFaultServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { raw, read } from './raw-http.ts'

const patience = { timeout: 4000 } // milliseconds, for a busy machine

describe('the script', () => {
  test('sends the replies in order and repeats the last', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { status: 503 }, { json: { n: 1 } }, { json: { n: 2 } })
    const statuses: number[] = []
    for (let count = 0; count < 4; count += 1) statuses.push((await fetch(`${server.url}/a?n=${count}`)).status)
    expect(statuses).toStrictEqual([503, 200, 200, 200])
    expect(await (await fetch(`${server.url}/a`, { method: 'POST' })).json()).toStrictEqual({ n: 2 })
    expect((await fetch(`${server.url}/b`)).status).toBe(404)
  })

  test('accepts more replies while it runs; unsent ones are kept', async () => {
    await using server = await startFaultServer()
    const next = async (): Promise<string> => (await fetch(`${server.url}/a`)).text()
    await server.reply('/a', { text: 'one' })
    await server.reply('/a', { text: 'two' })
    expect([await next(), await next(), await next()]).toStrictEqual(['one', 'two', 'two'])
    await server.reply('/a', { text: 'three' })
    expect(await next()).toBe('three')
  })

  test('may be a function of the request', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', ({ method, form }) => ({ text: `${method} ${form?.['x']}` }))
    const response = await fetch(`${server.url}/a`, { method: 'PUT', body: new URLSearchParams({ x: 'y' }) })
    expect(await response.text()).toBe('PUT y')
  })

  test('refuses contradictory replies', async () => {
    await using server = await startFaultServer()
    await expect(server.reply('/a', { json: 1, text: 'a' })).rejects.toThrow('only one body, not json and text')
    await expect(server.reply('a', { json: 1 })).rejects.toThrow('a path has to begin with "/"')
    expect((await fetch(`${server.url}/a`)).status).toBe(404)
  })
})

describe('a reply', () => {
  test.for([
    ['json', { json: { a: [null] } }, 'application/json', '{"a":[null]}'],
    ['the JSON value null', { json: null }, 'application/json', 'null'],
    ['a form', { form: { a: 'b c', d: '&' } }, 'application/x-www-form-urlencoded', 'a=b+c&d=%26'],
    ['text', { text: 'é' }, 'text/plain; charset=utf-8', 'é'],
    ['bytes', { base64: 'aGk=' }, 'application/octet-stream', 'hi'],
    ['filler', { bytes: 20_000 }, 'application/octet-stream', 'x'.repeat(20_000)],
    ['nothing', {}, null, ''],
  ] as const)('is %s', async ([, reply, type, body]) => {
    await using server = await startFaultServer()
    await server.reply('/a', reply)
    const response = await fetch(`${server.url}/a`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(type)
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(body)))
    expect(await response.text()).toBe(body)
    expect((await server.requests())[0]?.sent).toBe(Buffer.byteLength(body))
  })

  test('has the given status, reason phrase and headers', async () => {
    await using server = await startFaultServer()
    const headers = { 'Content-TYPE': 'text/html', 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] }
    await server.reply('/a', { status: 429, statusText: 'Not So Fast', headers, json: {} })
    await server.reply('/b', { status: 429, statusText: 'Not So Fast', headers, json: {}, cors: false })
    const sent = await raw(server, '/b')
    expect(sent).toMatch(/^HTTP\/1\.1 429 Not So Fast\r\n/)
    expect(sent.match(/^content-type: .*$/gim)).toStrictEqual(['content-type: text/html'])
    const response = await fetch(`${server.url}/a`)
    expect(response.status).toBe(429)
    expect(response.headers.get('content-type')).toBe('text/html')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(response.headers.getSetCookie()).toStrictEqual(['a=1', 'b=2'])
  })

  test('redirects, with any status', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { redirect: 'https://other.example/' }, { redirect: '/b', status: 307 })
    const [first, second] = [
      await fetch(`${server.url}/a`, { redirect: 'manual' }),
      await fetch(`${server.url}/a`, { redirect: 'manual' }),
    ]
    expect([first.status, first.headers.get('location')]).toStrictEqual([302, 'https://other.example/'])
    expect([second.status, second.headers.get('location')]).toStrictEqual([307, '/b'])
  })

  test('comes in pieces', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', {
      chunks: [
        { text: 'ab', repeat: 3 },
        { base64: 'Yw==', delay: 1 },
      ],
    })
    const response = await raw(server, '/a')
    expect(response.toLowerCase()).toContain('transfer-encoding: chunked\r\n')
    expect(response.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(
      '2\r\nab\r\n2\r\nab\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n',
    )
  })

  test('waits before a delayed piece', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { chunks: [{ text: 'now' }, { text: 'later', delay: 600_000 }] })
    const response = await fetch(`${server.url}/a`)
    const { value } = (await response.body?.getReader().read()) ?? {}
    expect(new TextDecoder().decode(value)).toBe('now')
    await fetch(`${server.url}/b`) // time for a server that would not wait
    expect((await server.requests())[0]?.sent).toBe(3)
  })

  test.for([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
    ['deflate', inflateSync],
  ] as const)('is compressed with %s', async ([encoding, decode]) => {
    await using server = await startFaultServer()
    await server.reply('/a', { json: { a: 'b' }, encoding })
    const response = await read(`${server.url}/a`)
    expect(response.encoding).toBe(encoding)
    expect(JSON.parse(decode(response.body).toString())).toStrictEqual({ a: 'b' })
  })
})

describe('a fault', () => {
  test('is cut off before the announced length', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { text: '0123456789', truncate: 4 })
    const response = await raw(server, '/a')
    expect(response.toLowerCase()).toContain('content-length: 10\r\n')
    expect(response.split('\r\n\r\n')[1]).toBe('0123')
    await expect(fetch(`${server.url}/a`).then((cut) => cut.text())).rejects.toThrow(TypeError)
    expect((await server.requests()).map(({ sent }) => sent)).toStrictEqual([4, 4])
    expect(await server.aborted()).toBe(0)
  })

  test('is cut off after the headers', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { text: '0123456789', truncate: 0 })
    expect((await raw(server, '/a')).toLowerCase()).toMatch(/content-length: 10\r\n[^]*\r\n\r\n$/)
  })

  test('is cut off in the middle of a compressed body', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { bytes: 1_000_000, encoding: 'gzip', truncate: 100 })
    const response = await fetch(`${server.url}/a`)
    await expect(response.text()).rejects.toThrow(TypeError)
    expect((await server.requests())[0]?.sent).toBe(100)
  })

  test('resets the connection before a response', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { reset: true })
    await expect(raw(server, '/a')).rejects.toThrow('ECONNRESET')
    await expect(fetch(`${server.url}/a`)).rejects.toThrow(Error)
  })

  test('never responds', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { hang: 'headers', status: 200 })
    const controller = new AbortController()
    const response = fetch(`${server.url}/a`, { signal: controller.signal })
    await expect.poll(async () => (await server.requests()).length, patience).toBe(1)
    controller.abort()
    await expect(response).rejects.toThrow('aborted')
    await expect.poll(() => server.aborted(), patience).toBe(1)
  })

  test('does not outlive the server', async () => {
    const server = await startFaultServer()
    await server.reply('/a', { hang: 'headers' })
    const outcome = fetch(`${server.url}/a`).catch((error: unknown) => error)
    await expect.poll(async () => (await server.requests()).length, patience).toBe(1)
    await server.close()
    expect(await outcome).toBeInstanceOf(Error)
  })

  test('never ends', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { hang: 'body', text: 'so far' })
    const response = await fetch(`${server.url}/a`)
    expect(response.headers.has('content-length')).toBe(false)
    const reader = response.body?.getReader()
    const { value } = (await reader?.read()) ?? {}
    expect(new TextDecoder().decode(value)).toBe('so far')
    await reader?.cancel()
    await expect.poll(() => server.aborted(), patience).toBe(1)
    await server.forget()
    expect(await server.aborted()).toBe(0)
  })

  test('continues until the client disconnects', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { endless: true })
    expect((await read(`${server.url}/a`, 1_000_000)).body.length).toBeGreaterThan(1_000_000)
    await expect.poll(() => server.aborted(), patience).toBe(1)
    const [request] = await server.requests()
    expect(request?.sent).toBeGreaterThan(900_000)
    await fetch(`${server.url}/b`) // time for a server that would continue
    expect((await server.requests())[0]?.sent).toBe(request?.sent)
  })

  test('is a decompression bomb', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { endless: true, encoding: 'gzip' })
    const { body } = await read(`${server.url}/a`, 20_000)
    const inflated = gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH })
    expect(inflated.length).toBeGreaterThan(500 * body.length)
    await expect.poll(() => server.aborted(), patience).toBe(1)
  })
})
