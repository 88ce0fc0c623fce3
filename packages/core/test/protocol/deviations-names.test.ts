import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviateAuthorization } from '../../src/protocol/deviations/authorization.ts'
import { normaliseCallback } from '../../src/protocol/deviations/callback.ts'
import { deviate, pairsOf, separateScopes } from '../../src/protocol/deviations/parameters.ts'
import { hostFor } from '../../src/protocol/deviations/request.ts'
import { reporter } from '../../src/protocol/deviations/used.ts'
import { errorOf } from '../support/scene.ts'
import { watchUse } from '../support/used.ts'

const place = (field: string) => `here.${field}`
const acme = (definition: Partial<ProviderDefinition>): ProviderDefinition => ({
  name: 'acme',
  metadata: { token_endpoint: 'https://id.acme.example/token' },
  ...definition,
})

describe('the parameters of a request', () => {
  const pairs = [
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ] as const

  test.each<[string, Parameters<typeof deviate>[1], string, readonly string[]]>([
    ['stay', {}, 'a=1&b=2&a=3', []],
    ['have other names, in the same order', { renamed: { a: 'c' } }, 'c=1&b=2&c=3', ['here.renamed.a']],
    ['are left out', { omitted: ['a'] }, 'b=2', ['here.omitted']],
    ['are not missed', { renamed: { x: 'y', toString: 'z' }, omitted: ['z'] }, 'a=1&b=2&a=3', []],
  ])('%s', (_, deviations, expected, used) => {
    const actual = watchUse((report) => deviate(pairs, deviations, { place, used: report }))
    expect(actual.result.map((pair) => pair.join('=')).join('&')).toBe(expected)
    expect(actual.used).toEqual(used)
  })

  test.each<[string, string | undefined, string, string, readonly string[]]>([
    ['scope', ',', 'a b c', 'a,b,c', ['scopeSeparator']],
    ['scope', ',', 'a', 'a', []],
    ['scope', undefined, 'a b', 'a b', []],
    ['note', ',', 'a b', 'a b', []],
  ])(
    'have scopes between which the provider’s own character stands: %s, %j',
    (name, separator, value, written, used) => {
      const around = ['state', 'x y'] as const
      expect(watchUse((report) => separateScopes([around, [name, value]], separator, report))).toEqual({
        result: [around, [name, written]],
        used,
      })
    },
  )

  test('are pairs, without those that have no value', () => {
    expect(pairsOf({ a: '1', b: '', c: undefined, d: ['x', '', 'y'], e: [] })).toEqual([
      ['a', '1'],
      ['d', 'x'],
      ['d', 'y'],
    ])
  })
})

describe('the parameters of a callback', () => {
  const rules = { renamed: { code: 'auth_code', state: 'field' }, kept: ['realm'] }

  test.each<[string, string, readonly string[]]>([
    ['auth_code=x&field=y', 'code=x&state=y', ['callback.renamed.code', 'callback.renamed.state']],
    ['auth_code=x&state=y', 'code=x&state=y', ['callback.renamed.code']],
    ['code=x&state=y', 'code=x&state=y', []],
    ['code=x&realm=1', 'code=x&realm=1', ['callback.kept']],
  ])('have their names in the standards, and only what is there is reported: %s', (received, expected, used) => {
    const actual = watchUse((report) => normaliseCallback(new URLSearchParams(received), rules, report))
    expect(String(actual.result)).toBe(expected)
    expect(actual.used).toEqual(used)
  })

  test('stay where nothing is declared', () => {
    const { result, used } = watchUse((report) => normaliseCallback(new URLSearchParams('code=x'), {}, report))
    expect([String(result), used]).toEqual(['code=x', []])
  })
})

describe('an authorization URL', () => {
  const write = (
    parameters: Record<string, string>,
    authorizationRequest: ProviderDefinition['authorizationRequest'],
  ) => {
    const endpoint = new URL('https://id.acme.example/authorize?tenant=1')
    const { result, used } = watchUse((report) =>
      deviateAuthorization(endpoint, parameters, {
        provider: acme({ ...(authorizationRequest && { authorizationRequest }) }),
        used: report,
      }),
    )
    return { href: result.href.slice(endpoint.origin.length), used }
  }

  test.each<[Record<string, string>, string, readonly string[]]>([
    [{ scope: 'a b', q: 'c+d' }, '&scope=a%20b&q=c%2Bd', ['authorizationRequest.space']],
    [{ scope: 'a' }, '&scope=a', []],
    [{}, '', []],
  ])('has its spaces as declared, where it has any: %j', (parameters, added, used) => {
    expect(write(parameters, { space: '%20' })).toEqual({ href: `/authorize?tenant=1${added}`, used })
  })

  test.each([
    ['-_-_', 'fbffbf'],
    ['AAEC_-8', '000102ffef'],
    ['', ''],
  ])('has the code challenge %j in hexadecimal digits: %j', (code_challenge, digits) => {
    const { href, used } = write({ code_challenge }, { codeChallenge: 'hex' })
    expect(new URL(href, 'https://id.acme.example').searchParams.get('code_challenge') ?? '').toBe(digits)
    expect(used).toEqual(['authorizationRequest.codeChallenge'])
  })

  test('has none where the login has none', () => {
    expect(write({ state: 'x' }, { codeChallenge: 'hex' })).toEqual({ href: '/authorize?tenant=1&state=x', used: [] })
  })

  test('ends with a fragment only where one is declared', () => {
    expect(write({}, undefined)).toEqual({ href: '/authorize?tenant=1', used: [] })
    expect(write({}, { fragment: 'end' })).toEqual({
      href: '/authorize?tenant=1#end',
      used: ['authorizationRequest.fragment'],
    })
  })
})

describe('the host of a token request', () => {
  const hosts = ['id.acme.example', 'eu.acme.example']
  const definition = acme({ callback: { tokenHost: { parameter: 'server', hosts } } })
  const go = (server: unknown, provider = definition) =>
    watchUse((used) => hostFor(new URL(provider.metadata.token_endpoint), { provider, said: { server } }, used))

  test.each<[unknown, string, readonly string[]]>([
    ['https://eu.acme.example', 'eu.acme.example', ['callback.tokenHost']],
    ['eu.acme.example', 'eu.acme.example', ['callback.tokenHost']],
    ['https://id.acme.example/x', 'id.acme.example', []],
    [undefined, 'id.acme.example', []],
  ])('is the one that the callback has named: %j', (server, host, used) => {
    const { result, used: reported } = go(server)
    expect(result.href).toBe(`https://${host}/token`)
    expect(reported).toEqual(used)
  })

  test('is not looked for where the definition does not say that a callback names it', () => {
    expect(go('https://eu.acme.example', acme({})).result.hostname).toBe('id.acme.example')
    const provider = acme({})
    const url = new URL('https://id.acme.example/token')
    expect(watchUse((used) => hostFor(url, { provider }, used)).result).toBe(url)
  })

  test.each(['https://evil.example', 'evil.example', 7, null, ['eu.acme.example']])(
    'is none that the definition does not name: %j',
    async (server) => {
      expect(await errorOf(() => go(server))).toMatchObject({
        code: 'origin_not_allowed',
        message: 'the callback of acme names a token endpoint at a host that the definition does not list',
      })
    },
  )
})

test('an event names the grant where there is one', () => {
  const events: object[] = []
  reporter((event) => events.push(event))('callback.kept')
  reporter((event) => events.push(event), 'refresh_token')('tokenResponse.tokenType')
  expect(events).toStrictEqual([
    { type: 'normalised', deviation: 'callback.kept' },
    { type: 'normalised', deviation: 'tokenResponse.tokenType', grantType: 'refresh_token' },
  ])
})
