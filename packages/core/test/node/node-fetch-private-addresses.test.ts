import type { LookupAddress } from 'node:dns'
import { ClientCredentials, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { isPrivateAddress, isPrivateHost } from '../../src/definition/check/private-address.ts'
import { type Lookup, publicLookup } from '../../src/node/addresses.ts'
import { fetchOver } from '../../src/node/fetch-over.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { releases } from '../support/undici.ts'

/** A lookup that resolves one name after another: to addresses, or to nothing for a name that does not exist. */
function lookupOf(...found: readonly (readonly string[] | undefined)[]): { readonly lookup: Lookup; left(): number } {
  const answers = [...found]
  const lookup = (name: string, _options: object, callback: (...result: unknown[]) => void): void => {
    const addresses = answers
      .shift()
      ?.map((address): LookupAddress => ({ address, family: address.includes(':') ? 6 : 4 }))
    setImmediate(() => (addresses ? callback(null, addresses) : callback(new Error(`${name} does not exist`))))
  }
  return { lookup: lookup as Lookup, left: () => answers.length }
}

describe.each(releases)('on %s, nodeFetch that refuses private addresses', (_, undici) => {
  const guarded = (lookup: Lookup) => fetchOver({ privateAddresses: 'refused' }, { undici, lookup })

  test.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private one', ['1.1.1.1', '127.0.0.1']],
    ['a private one in IPv6', ['::ffff:127.0.0.1']],
    ['none at all', []],
  ])('A19: refuses a name that resolves to %s', async (_what, addresses) => {
    const { lookup, left } = lookupOf(addresses)
    await expect(guarded(lookup)('http://rebound.example/')).rejects.toMatchObject({ code: 'insecure_url' })
    expect(left()).toBe(0)
  })

  test('A19: resolves a name for each connection, so one that led nowhere before is refused', async () => {
    const { lookup } = lookupOf(undefined, ['127.0.0.1'])
    const fetch = guarded(lookup)
    await expect(fetch('http://rebound.example/')).rejects.toThrow('fetch failed')
    await expect(fetch('http://rebound.example/')).rejects.toMatchObject({ code: 'insecure_url' })
  })

  test('gives concurrent calls an error each', async () => {
    const { lookup } = lookupOf(['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1'])
    const fetch = guarded(lookup)
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(fetch('https://rebound.example/'))))
    expect(errors.map(({ code }) => code)).toEqual(['insecure_url', 'insecure_url', 'insecure_url'])
    expect(new Set(errors).size).toBe(3)
  })

  test('refuses literals and names of this machine before it looks anything up or connects', async () => {
    const server = await faultServer()
    const { lookup, left } = lookupOf(['1.1.1.1'])
    const { port } = new URL(server.url)
    const hosts = ['127.0.0.1', 'localhost', 'LOCALHOST.', 'a.localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433']
    for (const host of hosts)
      await expect(guarded(lookup)(`http://${host}:${port}/`)).rejects.toMatchObject({ code: 'insecure_url' })
    expect(await server.requests()).toEqual([])
    expect(left()).toBe(1)
  })
})

test.each([
  [
    'all of them',
    { all: true },
    [
      [
        { address: '1.1.1.1', family: 4 },
        { address: '2606:4700::1111', family: 6 },
      ],
    ],
  ],
  ['one', {}, ['1.1.1.1', 4]],
])('public addresses are connected to as they were checked: %s', async (_, options, expected) => {
  const { lookup } = lookupOf(['1.1.1.1', '2606:4700::1111'])
  const result = await new Promise((resolve) =>
    publicLookup(lookup)('acme.example', options, (error, ...found) => resolve([error, ...found])),
  )
  expect(result).toEqual([null, ...expected])
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
  ])('A18: %s is private', (address) => {
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
  ])('A18: %s is public', (address) => expect(isPrivateAddress(address)).toBe(false))

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
  ])('A18: %s leads to a private address', (url) => expect(isPrivateHost(new URL(url).hostname)).toBe(true))

  test.each(['https://localhost.example/', 'https://127.0.0.1.example/', 'https://acme.example/', 'https://1.1.1.1/'])(
    'A18: %s does not',
    (url) => {
      expect(isPrivateHost(new URL(url).hostname)).toBe(false)
    },
  )

  test('A18: are refused on literals everywhere, before anything is sent', async () => {
    const server = await faultServer()
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
})
