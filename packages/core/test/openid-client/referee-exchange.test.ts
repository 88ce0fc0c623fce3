import { fc, test as property } from '@fast-check/vitest'
import { ClientCredentials, Provider, TokenExchange } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import { Configuration, customFetch, genericGrantRequest } from 'openid-client'
import { describe, expect, test } from 'vitest'
import { cases } from '../support/cases.ts'
import { json, text } from '../support/random-input.ts'
import { metadata } from '../support/acme.ts'
import { client, clock } from '../support/offline-provider.ts'
import {
  fieldOf,
  type Reading,
  type Received,
  readingOf,
  rawReading,
  refusal,
  respond,
  type Row,
  type Side,
} from '../support/referee.ts'
import { watched } from '../support/scene.ts'

const accessType = 'urn:ietf:params:oauth:token-type:access_token'
const good = { access_token: 'canary-token', token_type: 'Bearer', issued_token_type: accessType }
const received = (change: object = {}): Received => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ ...good, ...change }),
})
const subject = { subject_token: 'canary-subject', subject_token_type: accessType }

const providerOf = (response: Received) =>
  new Provider({ name: 'acme', metadata }, client, { clock, fetch: async () => respond(response), onEvent: watched() })

async function ownReading(response: Received): Promise<Reading> {
  const input = { subjectToken: 'canary-subject', subjectTokenType: 'access_token' } as const
  return providerOf(response).grant(TokenExchange).requestToken(input).then(readingOf, refusal)
}

async function otherReading(response: Received, side: Side): Promise<Reading> {
  const configuration = side === 'alone' ? alone(response) : await configurationOf(providerOf(response))
  return genericGrantRequest(configuration, TokenExchange.grantType, subject).then(rawReading, refusal)
}

function alone(response: Received): Configuration {
  const configuration = new Configuration(metadata, client.clientId, client.clientSecret)
  configuration[customFetch] = async () => respond(response)
  return configuration
}

const rows: readonly Row<Received>[] = [
  {
    name: 'O51: a token exchange that does not say what it brought is taken, and refused here',
    differs: (input) => {
      const type = fieldOf(input, 'issued_token_type')
      return typeof type !== 'string' || type === ''
    },
    examples: [undefined, '', 7].map((issued_token_type) => received({ issued_token_type })),
  },
  {
    name: 'O56: a token type that is called as what every object inherits is taken from an exchange, and refused here',
    differs: (input) => String(fieldOf(input, 'token_type')).toLowerCase() === 'constructor',
    examples: [received({ token_type: 'constructor' })],
  },
  {
    name: 'O3: nor is one of a token exchange',
    differs: (input) => String(fieldOf(input, 'token_type')).toLowerCase() === 'dpop',
    examples: [received({ token_type: 'DPoP' })],
  },
]

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('$body', async (input) => {
    const own = await ownReading(input)
    expect(row.differs(input)).toBe(true)
    for (const side of ['alone', 'on the bridge'] as const) expect(await otherReading(input, side)).not.toEqual(own)
  })
})

test.each(['Bearer', 'N_A', 'n_a'])('a token of the type %s is taken from an exchange by both', async (token_type) => {
  const own = await ownReading(received({ token_type }))
  expect(own).toMatchObject({ tokenType: token_type.toLowerCase(), others: `[["issued_token_type","${accessType}"]]` })
  for (const side of ['alone', 'on the bridge'] as const)
    expect(await otherReading(received({ token_type }), side)).toEqual(own)
})

test('N_A is refused from any other grant by both', async () => {
  const response = received({ token_type: 'N_A' })
  const refused = { refused: true, error: undefined }
  expect(await providerOf(response).grant(ClientCredentials).requestToken().catch(refusal)).toEqual(refused)
  const other = genericGrantRequest(alone(response), 'client_credentials', {})
  expect(await other.catch(refusal)).toEqual(refused)
})

test('invalid_target is named by both', async () => {
  const error = { ...received(), status: 400, body: '{"error":"invalid_target"}' }
  expect(await ownReading(error)).toEqual({ refused: true, error: 'invalid_target' })
  for (const side of ['alone', 'on the bridge'] as const)
    expect(await otherReading(error, side)).toEqual({ refused: true, error: 'invalid_target' })
})

const odd = fc.oneof(text, json)
const input = fc
  .record(
    {
      issued_token_type: fc.oneof(fc.constantFrom(accessType, 'urn:x:y', ''), odd),
      token_type: fc.oneof(fc.constantFrom('Bearer', 'bearer', 'N_A', 'DPoP', 'mac', ''), odd),
      expires_in: fc.constantFrom(60, '60', -1),
    },
    { requiredKeys: [] },
  )
  .map(received)

describe.each<Side>(['alone', 'on the bridge'])('with openid-client %s', (side) => {
  property.prop([input], { ...cases, numRuns: Math.ceil(cases.numRuns / 5) })(
    'no other response to an exchange is read in two ways',
    async (response) => {
      const [own, other] = [await ownReading(response), await otherReading(response, side)]
      if (!rows.some(({ differs }) => differs(response))) expect(other).toEqual(own)
    },
  )
})
