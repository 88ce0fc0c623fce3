import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { json, secret, text } from '../support/random-input.ts'
import {
  fieldOf,
  has,
  isSeconds,
  otherReading,
  ownReading,
  parsed,
  type Received,
  type Row,
  type Side,
} from '../support/referee.ts'

vi.setConfig({ testTimeout: 120_000 })

const good = { access_token: 'canary-token', token_type: 'bearer', expires_in: 60 }
const received = (change: object = {}, status = 200, headers = {}): Received => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ ...good, ...change }),
})
const failed = (status: number, headers = {}, body = '{"error":"invalid_grant"}'): Received => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body,
})

const challenge = 'Bearer error="invalid_token"'

const rows: readonly Row<Received>[] = [
  {
    name: 'O1: an access token with a space, a control character or é is taken, and refused here',
    differs: has('access_token', (value) => !/^[!-~]+$/.test(value)),
    examples: ['canary token', 'canary\u0000', 'canaryé'].map((access_token) => received({ access_token })),
  },
  {
    name: 'O2: so is a refresh token with a control character or é',
    differs: has('refresh_token', (value) => !/^[ -~]+$/.test(value)),
    examples: ['canary\u0000', 'canaryé'].map((refresh_token) => received({ refresh_token })),
  },
  {
    name: 'O3: a DPoP token without a key is taken, and refused here',
    differs: has('token_type', (value) => value.toLowerCase() === 'dpop'),
    examples: [received({ token_type: 'DPoP' })],
  },
  {
    name: 'O4: an expires_in that only begins with digits is taken, and refused here',
    differs: (input) =>
      !['number', 'undefined'].includes(typeof fieldOf(input, 'expires_in')) &&
      !isSeconds(fieldOf(input, 'expires_in')),
    examples: ['3.7', '1e3', '3600s', ' 3600', [3600]].map((expires_in) => received({ expires_in })),
  },
  {
    name: 'O5: a lifetime of more than ten years is kept, and cut to ten years here',
    differs: (input) => Number(fieldOf(input, 'expires_in')) > 315_360_000,
    examples: [received({ expires_in: 9e15 }), received({ expires_in: '999999999999' })],
  },
  {
    name: 'O30: a fraction of a second is kept, and cut off here',
    differs: (input) => {
      const value = fieldOf(input, 'expires_in')
      return typeof value === 'number' && !Number.isInteger(value)
    },
    examples: [received({ expires_in: 0.5 }), received({ expires_in: 3600.7 })],
  },
  {
    name: 'O6: a refresh_token_expires_in that is no number of seconds is not read, and refused here',
    differs: (input) => {
      const value = fieldOf(input, 'refresh_token_expires_in')
      return value !== undefined && !isSeconds(value)
    },
    examples: [null, 'soon', -1].map((refresh_token_expires_in) => received({ refresh_token_expires_in })),
  },
  {
    name: 'O7: a scope with a quotation mark or é is taken, and refused here',
    differs: has('scope', (value) => /[^ !#-[\]-~]/.test(value)),
    examples: ['a"b', 'é'].map((scope) => received({ scope })),
  },
  {
    name: 'O8: a scope is the string that was sent, and a set here',
    differs: has('scope', (value) => value !== [...new Set(value.split(' ').filter(Boolean))].join(' ')),
    examples: [' ', 'a  b', 'a a'].map((scope) => received({ scope })),
  },
  {
    name: 'O9: an ID token that nobody asked for is checked, and left unread here',
    differs: (input) => fieldOf(input, 'id_token') !== undefined,
    examples: ['a.b.c', null, 1].map((id_token) => received({ id_token })),
  },
  {
    name: 'O10: __proto__ is a field of its own, and dropped here',
    differs: ({ body }) => body.includes('__proto__'),
    examples: [{ ...received(), body: `{"__proto__":{"isAdmin":true},${JSON.stringify(good).slice(1)}` }],
  },
  {
    name: 'O11: an OAuth error with another status than 4xx is not read, and is here',
    differs: (input) => (input.status < 400 || input.status >= 500) && fieldOf(input, 'error') !== undefined,
    examples: [200, 201, 206, 500, 503].map((status) => failed(status)),
  },
  {
    name: 'O12: an error in a challenge alone has a class of its own, and is an OAuth error here',
    differs: ({ status, headers }) => status >= 400 && 'www-authenticate' in headers,
    examples: [failed(401, { 'www-authenticate': challenge }, '')],
  },
  {
    name: 'O13: an error with another content type is not read, and is here',
    differs: ({ status, headers }) => status >= 400 && headers['content-type'] !== 'application/json',
    examples: [failed(400, { 'content-type': 'text/html' }), failed(400, { 'content-type': '' })],
  },
  {
    name: 'O14: an error in a form is not read, and is here',
    differs: ({ body }) => parsed(body) === undefined && body.includes('error='),
    examples: [failed(400, { 'content-type': 'application/x-www-form-urlencoded' }, 'error=invalid_grant')],
  },
  {
    name: 'O15: an error beside a challenge is hidden by it, and is read here',
    differs: ({ status, headers }) => status >= 400 && 'www-authenticate' in headers,
    examples: [failed(400, { 'www-authenticate': 'Basic realm="x"' })],
  },
]

/** What the bridge mends, because servers do so: errors of any shape are written as RFC 6749 §5.2 has them. */
const mended: ReadonlySet<string> = new Set(rows.slice(12).map(({ name }) => name))
const isMended = (row: Row<Received>, input: Received) =>
  mended.has(row.name) || (row === rows[11] && input.status < 500)

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('%j', async (input) => {
    const own = await ownReading(input)
    expect(row.differs(input)).toBe(true)
    expect(await otherReading(input, 'alone')).not.toEqual(own)
    if (isMended(row, input)) expect(await otherReading(input, 'on the bridge')).toEqual(own)
    else expect(await otherReading(input, 'on the bridge')).not.toEqual(own)
  })
})

const odd = fc.oneof(text, json)
const changes: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  access_token: fc.oneof(secret, odd),
  token_type: fc.oneof(fc.constantFrom('Bearer', 'DPoP', 'mac', 'N_A'), odd),
  expires_in: fc.oneof(fc.constantFrom(3600, '3600', '3.7', '3600s', -1, '1e9', 9e15, 0.5, null), odd),
  refresh_token: fc.oneof(secret, odd),
  refresh_token_expires_in: fc.oneof(fc.constantFrom(60, '60', -1, null), odd),
  scope: fc.oneof(fc.constantFrom('a b', '', ' ', 'a"b', 'a a'), odd),
  id_token: fc.oneof(secret, odd),
  error: fc.oneof(fc.constantFrom('invalid_grant', 'slow_down'), odd),
}
const change = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...Object.keys(changes))
      .chain((name) => fc.tuple(fc.constant(name), changes[name] ?? odd)),
  },
  { weight: 1, arbitrary: fc.tuple(text, json) },
)
const usually = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

/** A good response with a thing or two wrong. */
const input: fc.Arbitrary<Received> = fc
  .tuple(
    fc.array(change, { maxLength: 2 }),
    usually(200, 201, 302, 400, 401, 429, 500, 503),
    usually<object>(
      {},
      { 'content-type': 'text/html' },
      { 'www-authenticate': challenge },
      { 'www-authenticate': '"' },
    ),
    usually<((body: string) => string) | undefined>(
      undefined,
      String,
      () => 'error=x',
      () => '[]',
      () => '{"error":"x"}',
    ),
  )
  .map(([changed, status, headers, bodyOf]) => {
    const response = received(Object.fromEntries(changed), status, headers)
    return Object.assign(response, bodyOf && { body: bodyOf(response.body) })
  })
const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 5) } // each case takes two milliseconds

describe.each<Side>(['alone', 'on the bridge'])('with openid-client %s', (side) => {
  property.prop([input], some)('no other response is read in two ways', async (response) => {
    const [own, other] = await Promise.all([ownReading(response), otherReading(response, side)])
    if (!rows.some(({ differs }) => differs(response))) expect(other).toEqual(own)
  })
})
