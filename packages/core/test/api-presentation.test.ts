import type { ApiRules } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { apiOriginsOf, isRateLimited, presentToken, rateLimitOf } from '../src/api/api-presentation.ts'
import { now } from './support/deviant.ts'

const token = { tokenType: 'Bearer', accessToken: 'canary', extra: {} }
const present = (api?: ApiRules) => presentToken(api ? { api } : {}, token, 'cid')

describe('a token is presented', () => {
  test('in the Authorization header, with its type', () => {
    expect(present()).toEqual({ headers: { authorization: 'Bearer canary' } })
  })

  test.each<[string, ApiRules['token'], object]>([
    ['#54: under another scheme', { scheme: 'token' }, { headers: { authorization: 'token canary' } }],
    ['#54: without a scheme', { scheme: '' }, { headers: { authorization: 'canary' } }],
    [
      '#54: in a header of its own, which has no scheme',
      { header: 'X-Shopify-Access-Token' },
      { headers: { 'x-shopify-access-token': 'canary' } },
    ],
  ])('%s', (_name, rules, expected) => {
    expect(present({ token: rules! })).toEqual(expected)
  })

  test('#53: beside the headers that the API insists on, the client’s own id among them', () => {
    const headers = { 'Acme-Version': '2022-06-28', 'client-id': '{client_id}' }
    expect(present({ headers }).headers).toEqual({
      authorization: 'Bearer canary',
      'acme-version': '2022-06-28',
      'client-id': 'cid',
    })
  })
})

describe('#49: the API’s origin comes with the token', () => {
  const api: ApiRules = { origin: { member: 'instance_url', domains: ['acme.example', 'force.acme-cdn.example'] } }
  const originsFor = (instance_url: unknown, apiOrigins?: readonly string[]) =>
    apiOriginsOf({ api, ...(apiOrigins && { apiOrigins }) }, { extra: { instance_url } })

  test.each([
    ['https://eu5.acme.example', ['https://eu5.acme.example']],
    ['https://acme.example/services', ['https://acme.example']],
    ['https://a.force.acme-cdn.example', ['https://a.force.acme-cdn.example']],
    ['https://evil.example', []],
    ['https://evil-acme.example', []],
    ['https://acme.example.evil.example', []],
    ['http://eu5.acme.example', []],
    ['https://acme.example@evil.example', []],
    ['eu5.acme.example', []],
    [undefined, []],
    [5, []],
  ])('%j', (url, expected) => expect(originsFor(url)).toEqual(expected))

  test('beside those of the definition, and once', () => {
    const own = ['https://acme.example']
    expect(originsFor('https://eu5.acme.example', own)).toEqual([...own, 'https://eu5.acme.example'])
    expect(originsFor('https://acme.example', own)).toEqual(own)
    expect(apiOriginsOf({}, token)).toEqual([])
  })
})

describe('#63: the end of a limit', () => {
  const reset = (format: NonNullable<ApiRules['rateLimit']>['format'], value: string) =>
    rateLimitOf(
      { api: { rateLimit: { reset: 'x-reset', ...(format && { format }) } } },
      new Headers({ 'x-reset': value }),
      now,
    )

  test.each([
    [undefined, '7', 7],
    ['seconds', '7.25', 8],
    ['epoch_seconds', String(now / 1000 + 9), 9],
    ['epoch_milliseconds', String(now + 1500), 2],
    ['date', new Date(now + 5000).toISOString(), 5],
    ['epoch_seconds', String(now / 1000 - 9), 0],
    ['epoch_seconds', 'soon', undefined],
    ['date', 'soon', undefined],
  ] as const)('as %s %s is in %s seconds', (format, value, expected) => expect(reset(format, value)).toBe(expected))

  test('is unknown where the definition knows no header, or the answer has none', () => {
    expect(rateLimitOf({}, new Headers({ 'x-reset': '7' }), now)).toBeUndefined()
    expect(rateLimitOf({ api: { rateLimit: { reset: 'x-reset' } } }, new Headers(), now)).toBeUndefined()
  })

  const github: ApiRules = {
    rateLimit: { reset: 'x-reset', remaining: 'x-remaining', format: 'epoch_seconds', statuses: [403] },
  }
  test.each([
    [429, {}, true],
    [403, { 'x-remaining': '0' }, true],
    [403, { 'x-remaining': '12' }, false],
    [403, { 'x-remaining': '12', 'retry-after': '60' }, true],
    [403, {}, false],
    [200, { 'x-remaining': '0' }, false],
    [503, { 'x-remaining': '0' }, false],
  ])('status %i with %o is a limit: %s', (status, headers, expected) => {
    expect(isRateLimited({ api: github }, { status, headers: new Headers(headers as HeadersInit) })).toBe(expected)
  })
})
