import { type ApiRules, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { busyness } from '../../src/api/busyness.ts'
import { Origins } from '../../src/api/origins.ts'
import { ApiPresentation } from '../../src/api/presentation.ts'
import { now } from '../support/deviant.ts'

const token = Token.from({ accessToken: 'canary' })
const listed = ['https://api.acme.example']
const presentation = (rules: ApiRules, declared: readonly string[] = listed) =>
  new ApiPresentation({ listed: undefined, declared, rules, clientId: 'cid', httpHosts: [] })
const present = (rules: ApiRules = {}) => Object.fromEntries(presentation(rules).headers(undefined, token))

describe('a token is presented', () => {
  test('in the Authorization header, with its type', () => {
    expect(present()).toEqual({ authorization: 'Bearer canary' })
  })

  test.each<[string, ApiRules['token'], object]>([
    ['#54: under another scheme', { scheme: 'token' }, { authorization: 'token canary' }],
    ['#54: without a scheme', { scheme: '' }, { authorization: 'canary' }],
    [
      '#54: in a header of its own, which has no scheme',
      { header: 'X-Shopify-Access-Token' },
      { 'x-shopify-access-token': 'canary' },
    ],
  ])('%s', (_name, rules, expected) => {
    expect(present({ token: rules! })).toEqual(expected)
  })

  test('#53: beside the headers that the API insists on, the client’s own id among them', () => {
    const headers = { 'Acme-Version': '2022-06-28', 'client-id': '{client_id}' }
    expect(present({ headers })).toEqual({
      authorization: 'Bearer canary',
      'acme-version': '2022-06-28',
      'client-id': 'cid',
    })
  })
})

describe('#49: the API’s origin comes with the token', () => {
  const rules: ApiRules = { origin: { member: 'instance_url', domains: ['acme.example', 'force.acme-cdn.example'] } }
  const allows = (instance_url: unknown, origin: string, declared: readonly string[] = []) => {
    try {
      presentation(rules, declared).originsFor(token.with({ extra: { instance_url } }), origin)
      return true
    } catch {
      return false
    }
  }

  test.each([
    ['https://eu5.acme.example', 'https://eu5.acme.example'],
    ['https://acme.example/services', 'https://acme.example'],
    ['https://a.force.acme-cdn.example', 'https://a.force.acme-cdn.example'],
  ])('%j', (url, origin) => {
    expect(allows(url, origin)).toBe(true)
    expect(allows(url, 'https://other.acme.example')).toBe(false)
  })

  test.each([
    ['https://evil.example', 'https://evil.example'],
    ['https://evil-acme.example', 'https://evil-acme.example'],
    ['https://acme.example.evil.example', 'https://acme.example.evil.example'],
    ['http://eu5.acme.example', 'http://eu5.acme.example'],
    ['https://acme.example@evil.example', 'https://evil.example'],
    ['eu5.acme.example', 'https://eu5.acme.example'],
    [undefined, 'https://eu5.acme.example'],
    [5, 'https://eu5.acme.example'],
  ])('%j is not one', (url, origin) => expect(allows(url, origin)).toBe(false))

  test('beside those of the definition', () => {
    for (const origin of ['https://eu5.acme.example', ...listed])
      expect(allows('https://eu5.acme.example', origin, listed)).toBe(true)
  })
})

describe('an origin may be declared by its suffix', () => {
  const origins = new Origins(['https://*.acme.example', 'https://*.acme.example:8443'])

  test.each(['https://a.acme.example', 'https://a.b.acme.example', 'https://a.acme.example:8443'])(
    '%s is one of them',
    (origin) => expect(origins.has(origin)).toBe(true),
  )

  test.each([
    'https://acme.example',
    'https://evil-acme.example',
    'https://acme.example.evil.example',
    'http://a.acme.example',
    'https://a.acme.example:444',
  ])('%s is not', (origin) => expect(origins.has(origin)).toBe(false))

  test.each(['https://*.example', 'https://*', 'https://a.*.example', 'https://*.*.example', '*'])(
    '%s allows nothing',
    (entry) => expect(new Origins([entry]).has('https://a.acme.example')).toBe(false),
  )
})

describe('#63: the end of a limit', () => {
  const secondsOf = (api: ApiRules, headers: HeadersInit) =>
    busyness(api, () => now).retryAfter(new Response(null, { status: 429, headers }))

  test.each([
    [undefined, '7', 7],
    ['seconds', '7.25', 8],
    ['epoch_seconds', String(now / 1000 + 9), 9],
    ['epoch_milliseconds', String(now + 1500), 2],
    ['date', new Date(now + 5000).toISOString(), 5],
    ['epoch_seconds', String(now / 1000 - 9), 0],
    ['epoch_seconds', 'soon', undefined],
    ['date', 'soon', undefined],
  ] as const)('as %s %s is in %s seconds', (format, value, expected) => {
    const api = { rateLimit: { reset: 'x-reset', ...(format && { format }) } }
    expect(secondsOf(api, { 'x-reset': value })).toBe(expected)
  })

  test('is unknown where the definition knows no header, or the response has none', () => {
    expect(secondsOf({}, { 'x-reset': '7' })).toBeUndefined()
    expect(secondsOf({ rateLimit: { reset: 'x-reset' } }, {})).toBeUndefined()
  })

  test('is what Retry-After says, where it says something', () => {
    expect(secondsOf({ rateLimit: { reset: 'x-reset' } }, { 'x-reset': '7', 'retry-after': '3' })).toBe(3)
  })

  const github: ApiRules = {
    rateLimit: { reset: 'x-reset', remaining: 'x-remaining', format: 'epoch_seconds', statuses: [403] },
  }
  test.each<[number, Record<string, string>, boolean]>([
    [429, {}, true],
    [403, { 'x-remaining': '0' }, true],
    [403, { 'x-remaining': '12' }, false],
    [403, { 'x-remaining': '12', 'retry-after': '60' }, true],
    [403, {}, false],
    [200, { 'x-remaining': '0' }, false],
    [503, { 'x-remaining': '0' }, false],
  ])('status %i with %o is a limit: %s', (status, headers, expected) => {
    expect(busyness(github, () => now).rateLimited(new Response(null, { status, headers }))).toBe(expected)
  })
})
