import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createPlainServer } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { ClientCredentials, GrantError, Provider } from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import { type LocalFaultServer, startFaultServer } from '@grantkit/testing/server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { isPrivateAddress, isPrivateHost } from '../../src/definition/check/private-address.ts'
import { watch } from '../support/oracle.ts'
import { errorOf, goodToken } from '../support/scene.ts'

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
    ['a text', (url) => [url, { method: 'post', body: 'hello', headers: { 'x-mine': '1' } }]],
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
  ])('a broken answer rejects: %j', async (reply) => {
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

  test('what cannot be sent is a TypeError', async () => {
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
    expect(inspect(await nodeFetch()(`${server.url}/x`))).toMatch(/^Response/)
  })

  test('connections are used again', async () => {
    const server = createPlainServer((_, response) => response.end('ok'))
    let connections = 0
    server.on('connection', () => connections++)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => server.close().closeAllConnections())
    const fetch = nodeFetch()
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    for (let i = 0; i < 10; i++) expect(await (await fetch(url)).text()).toBe('ok')
    expect(connections).toBeLessThan(3) // the client behind fetch may open the second before the first is free
  })

  test.each(['ftp://x.example/', 'data:,x', 'file:///etc/passwd'])('G40: %s is refused', async (url) => {
    await expect(nodeFetch()(url)).rejects.toThrow(TypeError)
  })
})

describe('private addresses', () => {
  test.each([
    '127.0.0.1',
    '127.9.9.9',
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '198.18.0.1',
    '192.0.2.1',
    '203.0.113.9',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    'fe80::1',
    'fe80::1%eth0',
    'fd00::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::808:808',
    '3fff:fff::1',
    '2002:7f00:1::',
    '2001:db8::1',
    '2001::1',
    '::7f00:1',
  ])('A18: %s is one', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  test.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '192.169.0.1',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '3ffe::1',
    '3fff:1000::1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
    '2002:808:808::',
  ])('A18: %s is none', (address) => expect(isPrivateAddress(address)).toBe(false))

  test.each([
    'https://169.254.169.254/',
    'https://[::ffff:127.0.0.1]/',
    'https://0x7f000001/',
    'https://2130706433/',
    'https://127.1/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://a.localhost/',
    'https://[::1]/',
  ])('A18: %s names one', (url) => expect(isPrivateHost(new URL(url).hostname)).toBe(true))

  test.each(['https://localhost.example/', 'https://127.0.0.1.example/', 'https://acme.example/', 'https://1.1.1.1/'])(
    '%s does not',
    (url) => {
      expect(isPrivateHost(new URL(url).hostname)).toBe(false)
    },
  )

  test('A18: are refused on literals everywhere, before anything is sent', async () => {
    const server = await start()
    for (const host of [
      server.url,
      server.url.replace('127.0.0.1', 'localhost'),
      server.url.replace('127.0.0.1', '[::1]'),
    ]) {
      const metadata = { token_endpoint: `${host}/token` }
      const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { privateAddresses: 'refused' })
      expect((await errorOf(provider.grant(ClientCredentials).requestToken())).code).toBe('insecure_url')
      expect((await errorOf(Provider.discover(host, { clientId: 'cid' }, { privateAddresses: 'refused' }))).code).toBe(
        'insecure_url',
      )
    }
    expect(await server.requests()).toHaveLength(0)
  })

  test('A19: a name that resolves to one is refused where the connection is made', async () => {
    const server = await start()
    const fetch = nodeFetch({ privateAddresses: 'refused' })
    await expect(fetch(server.url)).rejects.toMatchObject({ code: 'insecure_url' })
    await expect(fetch(`http://${await ownName()}:${new URL(server.url).port}/`)).rejects.toMatchObject({
      code: 'insecure_url',
    })
    expect(await server.requests()).toHaveLength(0)
  })
})

/** A name of this machine that is no literal and not "localhost", so that only resolving it tells. */
async function ownName(): Promise<string> {
  const { hostname } = await import('node:os')
  const { lookup } = await import('node:dns/promises')
  const { address } = await lookup(hostname())
  expect(isPrivateAddress(address)).toBe(true)
  return hostname()
}

describe('TLS', () => {
  test('R43: a certificate that nobody vouches for is refused, and a named authority is trusted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'grantkit-tls-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...subject],
      { stdio: 'ignore' },
    )
    const pem = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
    const server = createServer(pem, (_, response) => response.end(JSON.stringify(goodToken)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const metadata = { token_endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}/token` }
    const run = (fetch: typeof globalThis.fetch) =>
      new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch }).grant(ClientCredentials).requestToken()
    for (const fetch of [globalThis.fetch, nodeFetch()])
      await expect(run(fetch)).rejects.toMatchObject({ code: 'network_error' })
    expect((await run(nodeFetch({ tls: { ca: pem.cert } }))).accessToken).toBe(goodToken['access_token'])
    expect(GrantError).toBeDefined()
  })
})
