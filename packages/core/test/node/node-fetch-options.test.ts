import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { GrantError } from '@grantkit/core'
import { nodeFetch, type NodeFetchOptions } from '@grantkit/core/node'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Agent, getGlobalDispatcher, MockAgent, ProxyAgent, setGlobalDispatcher } from 'undici'
import { certificateFor } from '../support/certificates.ts'
import { rawServer, response } from '../support/raw-server.ts'
import { onNode } from '../support/runtime.ts'
import { fetchOn } from '../support/undici.ts'
import type { Undici } from '../../src/node/undici.ts'

/** What `nodeFetch` says of options. */
function refusal(options: unknown): GrantError {
  try {
    nodeFetch(options as NodeFetchOptions)
  } catch (error) {
    return error as GrantError
  }
  return expect.fail('the options were accepted')
}

describe('options that cannot work are config_invalid, at once:', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'the options of nodeFetch: write an object with any of dispatcher, tls, privateAddresses'],
    ['a misspelt one', { dispather: new Agent() }, 'cannot have "dispather": write any of dispatcher, tls,'],
    ['one of __proto__', JSON.parse('{ "__proto__": {} }'), 'cannot have "__proto__"'],
    ['another kind of agent', { dispatcher: { request() {} } }, 'write new Agent(…), or leave it out'],
    ['a dispatcher that is null', { dispatcher: null }, 'write new Agent(…), or leave it out'],
    ['privateAddresses: false', { privateAddresses: false }, `write 'allowed' or 'refused'`],
    ['tls: true', { tls: true }, 'tls: write an object with any of ca, cert, key'],
    ['a misspelt field of tls', { tls: { certificate: '' } }, 'tls cannot have "certificate": write any of ca, cert'],
    [
      'a path in place of a certificate',
      { tls: { ca: '/etc/ca.pem' } },
      'tls.ca is not PEM: write the contents of the',
    ],
    ['a certificate in bytes', { tls: { ca: Buffer.from('x') } }, 'tls.ca is not PEM'],
    ['a dispatcher and tls', { dispatcher: new Agent(), tls: {} }, 'a dispatcher makes its own connections'],
    [
      'a dispatcher and privateAddresses',
      { dispatcher: new Agent(), privateAddresses: 'refused' },
      'a dispatcher makes its own connections',
    ],
  ])('%s', (_, options, message) => {
    const error = refusal(options)
    expect(error).toBeInstanceOf(GrantError)
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(message)
  })

  test('a key without its certificate, and a certificate without its key', () => {
    const one = certificateFor('DNS:one.example')
    expect(refusal({ tls: { key: one.key } }).message).toContain('write both, or neither')
    expect(refusal({ tls: { cert: one.cert } }).message).toContain('write both, or neither')
  })

  test.runIf(onNode)('two that do not belong together, and a broken key, which is not quoted', () => {
    const [one, other] = [certificateFor('DNS:one.example'), certificateFor('DNS:other.example')]
    expect(refusal({ tls: { cert: one.cert, key: other.key } }).message).toContain('tls cannot be read')
    const broken = one.key.replace(/MIG[^]{8}/, '')
    expect(JSON.stringify(refusal({ tls: { cert: one.cert, key: broken } }))).not.toContain(broken.slice(40, 80))
  })

  test('none at all, and undefined ones, are fine', () => {
    const accepted = [{}, { dispatcher: undefined, tls: undefined, privateAddresses: undefined }, { tls: {} }]
    for (const options of [undefined, ...accepted]) expect(nodeFetch(options)).toBeTypeOf('function')
    expect(nodeFetch({ tls: {}, privateAddresses: 'refused' })).toBeTypeOf('function')
  })
})

describe('requests go where undici sends them:', () => {
  const before = getGlobalDispatcher()
  afterEach(() => setGlobalDispatcher(before))

  /** A proxy that responds by itself, and notes what it is asked for. */
  const proxy = async () => {
    const asked: string[] = []
    const server = createServer(({ url = '' }, reply) => void (asked.push(url), reply.end('from the proxy')))
    server.on('connect', ({ url = '' }, socket) => void (asked.push(url), socket.end('HTTP/1.1 502 No\r\n\r\n')))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => server.close().closeAllConnections())
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }

  test.each([
    ['that it is given', (made: ProxyAgent) => nodeFetch({ dispatcher: made })],
    ['that is set for all', (made: ProxyAgent) => (setGlobalDispatcher(made), nodeFetch())],
  ])('through the proxy %s', async (_, fetchThrough) => {
    const { url, asked } = await proxy()
    const fetch = fetchThrough(new ProxyAgent({ uri: url, proxyTunnel: false }))
    expect(await (await fetch('http://acme.example/x')).text()).toBe('from the proxy')
    expect(asked).toEqual(['http://acme.example/x'])
  })

  test('through a proxy that is set after the first request, too', async () => {
    const { url, asked } = await proxy()
    const fetch = nodeFetch()
    expect((await fetch(await rawServer(response('200 OK')))).status).toBe(200)
    setGlobalDispatcher(new ProxyAgent(url))
    await expect(fetch('https://acme.example/x')).rejects.toThrow(TypeError)
    expect(asked).toEqual(['acme.example:443'])
  })

  test('to a mock', async () => {
    const mock = new MockAgent()
    mock.disableNetConnect()
    mock
      .get('https://acme.example')
      .intercept({ path: '/x' })
      .reply(200, { hello: 'world' }, { headers: { 'x-a': '1' } })
    const result = await nodeFetch({ dispatcher: mock })('https://acme.example/x')
    expect([result.headers.get('x-a'), await result.json()]).toEqual(['1', { hello: 'world' }])
  })
})

describe('a dispatcher of another copy of undici', () => {
  const releasesOf = async () => ({ seven: await import('undici-7'), eight: await import('undici') })

  test('that is 7 serves undici 8', async () => {
    const { seven } = await releasesOf()
    const fetch = nodeFetch({ dispatcher: new seven.Agent() })
    expect(await (await fetch(await rawServer(response('200 OK', [], 'hello')))).text()).toBe('hello')
  })

  test('that is 8 is refused by undici 7, and nothing goes past it', async () => {
    const { seven, eight } = await releasesOf()
    const asked: unknown[] = []
    const url = await rawServer(() => asked.push('a request'))
    const fetch = fetchOn(async () => seven as unknown as Undici, { dispatcher: new eight.Agent() })
    await expect(fetch(url)).rejects.toThrow(TypeError)
    expect(asked).toEqual([])
  })
})

test('on Bun, which has no undici but a stand-in, nodeFetch says so at once', () => {
  vi.stubGlobal('process', { ...process, versions: { ...process.versions, bun: '1.4.4' } })
  onTestFinished(() => void vi.unstubAllGlobals())
  expect(refusal({ privateAddresses: 'refused' })).toMatchObject({ code: 'config_invalid' })
})

const withoutUndici = `
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve(name, context, next) {
      if (name === 'undici') throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    },
  })
  const { nodeFetch } = await import('@grantkit/core/node')
  const fetch = nodeFetch()
  const errors = await Promise.all([1, 2].map(() => fetch('http://127.0.0.1:9/').catch((error) => error)))
  process.stdout.write(JSON.stringify([errors.map(({ code, message }) => [code, message]), errors[0] === errors[1]]))
`

test.runIf(onNode)('without undici, a call is config_invalid, and says what to install', async () => {
  const flags = ['--conditions=@grantkit/source', '--no-warnings', '--input-type=module']
  const cwd = new URL('../..', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, '--eval', withoutUndici], { cwd })
  const expected = ['config_invalid', 'nodeFetch could not load the package undici: install undici']
  expect(JSON.parse(stdout)).toEqual([[expected, expected], false])
})
