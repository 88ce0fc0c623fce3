import { test as property } from '@fast-check/vitest'
import { describe, expect, test, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { answered, challenge, failed, inputOf, type } from '../support/referee-endpoint-inputs.ts'
import { fieldOf, has, isSeconds, parsed, type Row, type Side } from '../support/referee.ts'
import {
  type Answered,
  endpoints,
  otherEndpointReading as otherReading,
  ownEndpointReading as ownReading,
} from '../support/referee-endpoints.ts'

vi.setConfig({ testTimeout: 120_000 })

type From = Answered['from']
const names = Object.keys(endpoints) as From[]
const forms: readonly From[] = ['par', 'device', 'ciba', 'introspection']
const logins: readonly From[] = ['device', 'ciba']
const isFrom = ({ from }: Answered, ...wanted: readonly From[]) => wanted.includes(from)
const isError = ({ status }: Answered) => status >= 400
const isActive = (input: Answered) => isFrom(input, 'introspection') && fieldOf(input, 'active') === true
const isKnown = (value: unknown) => value !== undefined && value !== null
const strings = ['scope', 'client_id', 'username', 'token_type', 'sub', 'iss', 'jti']
const times = ['exp', 'iat', 'nbf']
const isUrl = (value: string) => /^https:\/\/[^@\s]+$/.test(value)

/** A row, and whether the bridge reads such a response as Grantkit does. */
interface MendedRow extends Row<Answered> {
  readonly mended?: (input: Answered) => boolean
}
const isForm = (input: Answered) => isFrom(input, ...forms)

const rows: readonly MendedRow[] = [
  {
    name: 'O4: nor is the lifetime of a login on another device',
    differs: (input) => isFrom(input, ...logins) && !isSeconds(fieldOf(input, 'expires_in')),
    examples: logins.flatMap((from) =>
      ['3.7', '1e3', '3600s', [3600]].map((expires_in) => answered(from, { expires_in })),
    ),
  },
  {
    name: 'O10: so is __proto__ in what is said of a token or a user',
    differs: (input) => isFrom(input, 'introspection', 'userinfo') && input.body.includes('__proto__'),
    examples: (['introspection', 'userinfo'] as const).map((from) =>
      answered(from, {}, { body: `{"__proto__":{"isAdmin":true},${JSON.stringify(endpoints[from].good).slice(1)}` }),
    ),
  },
  {
    name: 'O11: so is one of another endpoint',
    differs: (input) => (input.status < 400 || input.status >= 500) && fieldOf(input, 'error') !== undefined,
    examples: [
      ...forms.flatMap((from) => [200, 206, 500, 503].map((status) => failed(from, status))),
      ...[500, 503].map((status) => failed('userinfo', status)),
    ],
    mended: (input) => isForm(input) && input.status < 500,
  },
  {
    name: 'O12: so has one in a challenge of another endpoint',
    differs: (input) => input.status !== endpoints[input.from].status && 'www-authenticate' in input.headers,
    examples: names.map((from) => failed(from, 401, { 'www-authenticate': challenge }, '')),
    mended: isForm,
  },
  {
    name: 'O13: so is one of another endpoint with another content type',
    differs: (input) => isError(input) && input.headers['content-type'] !== type['content-type'],
    examples: forms.map((from) => failed(from, 400, { 'content-type': 'text/html' })),
    mended: isForm,
  },
  {
    name: 'O14: so is one of another endpoint in a form',
    differs: ({ body }) => parsed(body) === undefined && body.includes('error='),
    examples: forms.map((from) => failed(from, 400, {}, 'error=invalid_client')),
    mended: isForm,
  },
  {
    name: 'O33: an error in the body of a userinfo response is not read, and is here',
    differs: (input) => isFrom(input, 'userinfo') && isError(input) && fieldOf(input, 'error') !== undefined,
    examples: [failed('userinfo', 400), failed('userinfo', 401)],
  },
  {
    name: 'O45: user information beside a challenge is refused, and read here, as the status is 200',
    differs: (input) => isFrom(input, 'userinfo') && input.status === 200 && 'www-authenticate' in input.headers,
    examples: [answered('userinfo', {}, { headers: { ...type, 'www-authenticate': challenge } })],
  },
  {
    name: 'O34: a login on another device that begins with 201 is refused, and read here',
    differs: (input) => isFrom(input, ...logins) && input.status !== 200 && input.status < 300,
    examples: logins.map((from) => answered(from, {}, { status: 201 })),
  },
  {
    name: 'O35: a login of more than thirty days is kept, and cut to thirty days here',
    differs: (input) => isFrom(input, ...logins) && Number(fieldOf(input, 'expires_in')) > 2_592_000,
    examples: logins.map((from) => answered(from, { expires_in: 2_592_001 })),
  },
  {
    name: 'O36: an interval that is 0 or a string is refused, and one below 1 or above 300 kept; all are brought into these limits here',
    differs: (input) => {
      const interval = fieldOf(input, 'interval')
      const isUsual = typeof interval === 'number' && interval >= 1 && interval <= 300
      return isFrom(input, ...logins) && interval !== undefined && !isUsual && isSeconds(interval)
    },
    examples: logins.flatMap((from) => [0, '7', 0.5, 301].map((interval) => answered(from, { interval }))),
  },
  {
    name: 'O37: a device code or auth_req_id with a control character or é is taken, and refused here',
    differs: (input) =>
      isFrom(input, ...logins) &&
      ['device_code', 'auth_req_id'].some((name) => has(name, (value) => !/^[ -~]+$/.test(value))(input)),
    examples: [answered('device', { device_code: 'canary\u0000' }), answered('ciba', { auth_req_id: 'canaryé' })],
  },
  {
    name: 'O38: a user code that a terminal obeys, or that nobody can type, is taken, and refused here',
    differs: (input) =>
      isFrom(input, 'device') && has('user_code', (value) => !/^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(value))(input),
    examples: ['A\u001B[2J', 'A\u202EB', 'A'.repeat(101)].map((user_code) => answered('device', { user_code })),
  },
  {
    name: 'O39: a verification URI that is not an https URL is taken, and refused here',
    differs: (input) =>
      isFrom(input, 'device') &&
      ['verification_uri', 'verification_uri_complete'].some((name) => has(name, (value) => !isUrl(value))(input)),
    examples: ['javascript:alert(1)', 'http://id.acme.example/', '/device', 'https://a@b.example/'].flatMap((url) => [
      answered('device', { verification_uri: url }),
      answered('device', { verification_uri_complete: url }),
    ]),
  },
  {
    name: 'O40: a request_uri that is not a URI is taken, and refused here',
    differs: (input) =>
      isFrom(input, 'par') && has('request_uri', (value) => !/^[a-z][a-z0-9+.-]*:\S/i.test(value))(input),
    examples: ['request', '/request', '::'].map((request_uri) => answered('par', { request_uri })),
  },
  {
    name: 'O41: the lifetime of a request_uri as a string, or of 0, is taken, and refused here',
    differs: (input) => isFrom(input, 'par') && !(Number(JSON.stringify(fieldOf(input, 'expires_in'))) > 0),
    examples: ['60', '3.7', [60], 0].map((expires_in) => answered('par', { expires_in })),
  },
  {
    name: 'O42: what is said of a token under a name of the standard, but of another type, is taken, and refused here',
    differs: (input) => {
      const isBad = (name: string, fits: (value: unknown) => boolean) =>
        isKnown(fieldOf(input, name)) && !fits(fieldOf(input, name))
      const isText = (value: unknown) => typeof value === 'string'
      return (
        isActive(input) &&
        (strings.some((name) => isBad(name, isText)) ||
          times.some((name) => isBad(name, (value) => typeof value === 'number' && value >= 0 && value < 1e300)) ||
          isBad('aud', (value) => [value].flat().every(isText)) ||
          isBad('cnf', (value) => typeof value === 'object' && !Array.isArray(value)))
      )
    },
    examples: [
      { scope: ['read'] },
      { client_id: 7 },
      { exp: '1900000000' },
      { nbf: -1 },
      { aud: [7] },
      { cnf: 'x' },
    ].map((change) => answered('introspection', change)),
  },
  {
    name: 'O43: of a token, null is kept, and so is an empty list; both count as absent here',
    differs: (input) =>
      isActive(input) &&
      ([...strings, ...times, 'aud', 'cnf'].some((name) => fieldOf(input, name) === null) ||
        [fieldOf(input, 'aud')].flat().length === 0),
    examples: [{ scope: null }, { exp: null }, { aud: [] }].map((change) => answered('introspection', change)),
  },
  {
    name: 'O44: what is said of a token that is not active is kept, and not read here',
    differs: (input) =>
      isFrom(input, 'introspection') &&
      fieldOf(input, 'active') === false &&
      Object.keys(parsed(input.body) as object).length > 1,
    examples: [answered('introspection', { active: false })],
  },
  {
    name: 'O8: so is that of a token that is introspected',
    differs: (input) =>
      isActive(input) && has('scope', (value) => value !== value.split(' ').filter(Boolean).join(' '))(input),
    examples: [' ', 'a  b'].map((scope) => answered('introspection', { scope })),
  },
]

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('$from $status $headers $body', async (input) => {
    const own = await ownReading(input)
    expect(row.differs(input)).toBe(true)
    expect(await otherReading(input, 'alone')).not.toEqual(own)
    if (row.mended?.(input)) expect(await otherReading(input, 'on the bridge')).toEqual(own)
    else expect(await otherReading(input, 'on the bridge')).not.toEqual(own)
  })
})

test.each(names)('a response of the endpoint %s with nothing wrong is read by both', async (from) => {
  const own = await ownReading(answered(from))
  expect(own).not.toHaveProperty('refused')
  expect(await otherReading(answered(from), 'alone')).toEqual(own)
  expect(await otherReading(answered(from), 'on the bridge')).toEqual(own)
})

test.each(forms)('an error of the endpoint %s is named by both', async (from) => {
  const error = { refused: true, error: 'invalid_client' }
  expect(await ownReading(failed(from, 401))).toEqual(error)
  expect(await otherReading(failed(from, 401), 'alone')).toEqual(error)
  expect(await otherReading(failed(from, 401), 'on the bridge')).toEqual(error)
})

const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 10) } // each case takes two milliseconds

describe.each<Side>(['alone', 'on the bridge'])('with openid-client %s', (side) => {
  describe.each(names)('no other response of the endpoint %s', (from) => {
    property.prop([inputOf(from)], some)('is read in two ways', async (response) => {
      const [own, other] = await Promise.all([ownReading(response), otherReading(response, side)])
      if (!rows.some(({ differs }) => differs(response))) expect(other).toEqual(own)
    })
  })
})
