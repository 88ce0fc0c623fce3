import { fc, test as property } from '@fast-check/vitest'
import { Pkce, Provider } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import { authorizationCodeGrant } from 'openid-client'
import { describe, expect, test, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { clock } from '../support/offline-provider.ts'
import { secret, text } from '../support/random-input.ts'
import { type Reading, refusal, type Row } from '../support/referee.ts'
import { goodToken, publicClient, watched } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

/** A callback, and what is known of the issuer: it is promised, it is not, or there is none. */
interface Arrived {
  readonly issuer: 'promised' | 'known' | 'none'
  readonly parameters: readonly (readonly [name: string, value: string])[]
}

const metadataOf = {
  promised: { ...metadata, authorization_response_iss_parameter_supported: true },
  known: metadata,
  none: { authorization_endpoint: metadata.authorization_endpoint, token_endpoint: metadata.token_endpoint },
}

/** Both readings of a callback: the code that is sent, or the error. */
async function readings({ issuer, parameters }: Arrived): Promise<{ readonly own: Reading; readonly other: Reading }> {
  let code: string | null = null
  const fetch: typeof globalThis.fetch = async (_, init) => {
    code = new URLSearchParams(String(init?.body)).get('code')
    return Response.json(goodToken)
  }
  const provider = new Provider({ name: 'acme', metadata: metadataOf[issuer] }, publicClient, {
    clock,
    fetch,
    onEvent: watched(),
  })
  const login = provider.grant(Pkce)
  const { transaction } = await login.authorize()
  const { state, codeVerifier = '' } = transaction
  const query = new URLSearchParams(parameters.map(([name, value]) => [name, value.replace('{state}', state)]))
  const sent = async (action: () => Promise<unknown>): Promise<Reading> => {
    code = null
    return action().then(() => ({ code }), refusal)
  }
  const own = await sent(() => login.requestToken(`?${String(query)}`, transaction))
  const url = new URL(`${String(publicClient.redirectUri)}?${String(query)}`)
  const checks = { expectedState: state, pkceCodeVerifier: codeVerifier }
  const configuration = await configurationOf(provider)
  return { own, other: await sent(() => authorizationCodeGrant(configuration, url, checks)) }
}

type Pair = readonly [name: string, value: string]
const state: Pair = ['state', '{state}']
const iss: Pair = ['iss', metadata.issuer]
const code: Pair = ['code', 'canary-code']
const error: Pair = ['error', 'access_denied']
const arrived = (...parameters: readonly Pair[]): Arrived => ({ issuer: 'known', parameters: [state, ...parameters] })
const all = ({ parameters }: Arrived, name: string) =>
  parameters.filter(([other]) => other === name).map(([, value]) => value)
const has = (input: Arrived, name: string) => all(input, name).length > 0
const twice = (input: Arrived, name: string) => all(input, name).length > 1

const rows: readonly Row<Arrived>[] = [
  {
    name: 'O16: a code with a control character or é is sent, and refused here',
    differs: (input) => all(input, 'code').some((value) => /[^ -~]/.test(value)),
    examples: [arrived(['code', 'canary\u0000']), arrived(['code', 'canaryé'])],
  },
  {
    name: 'O17: an empty iss counts as none, and as another issuer here',
    differs: (input) => all(input, 'iss')[0] === '',
    examples: [arrived(code, ['iss', ''])],
  },
  {
    name: 'O18: of a description that is there twice the first is read, and it is refused here',
    differs: (input) => twice(input, 'error_description') || twice(input, 'error_uri'),
    examples: [arrived(error, ['error_description', 'a'], ['error_description', 'b'])],
  },
  {
    name: 'O19: so is a code that is there twice beside an error',
    differs: (input) => twice(input, 'code') && has(input, 'error'),
    examples: [arrived(error, code, code)],
  },
  {
    name: 'O20: a callback with an access token is read, and refused here as of another response type',
    differs: (input) => has(input, 'access_token'),
    examples: [arrived(code, ['access_token', 'canary-token'])],
  },
  {
    name: 'O21: so is one with an ID token or a token beside an error',
    differs: (input) => ['id_token', 'token'].some((name) => has(input, name)) && has(input, 'error'),
    examples: [arrived(error, ['id_token', 'canary-token']), arrived(error, ['token', 'canary-token'])],
  },
  {
    name: 'O32: an empty response counts as none, and is refused here as of another response type',
    differs: (input) => all(input, 'response')[0] === '',
    examples: [arrived(code, ['response', '']), arrived(error, ['response', ''])],
  },
  {
    name: 'O22: an iss of a provider without an issuer is compared with its name, and not read here',
    differs: (input) => input.issuer === 'none' && has(input, 'iss'),
    examples: [{ issuer: 'none', parameters: [state, code, iss] }],
  },
  {
    name: 'O31: an error that repeats the state or the code shows it, and is redacted here',
    differs: (input) =>
      all(input, 'error').some((value) =>
        ['{state}', ...all(input, 'code')].some((known) => known !== '' && value.includes(known)),
      ),
    examples: [arrived(['error', '{state}']), arrived(['error', 'no canary-code'], code)],
  },
]

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('%j', async (input) => {
    const { own, other } = await readings(input)
    expect(row.differs(input)).toBe(true)
    expect(other).not.toEqual(own)
  })
})

test.each<[string, Arrived, Reading]>([
  ['is sent', arrived(code), { code: 'canary-code' }],
  ['is refused with the error that it names', arrived(error), { refused: true, error: 'access_denied' }],
  ['is refused without its state', { issuer: 'known', parameters: [code] }, { refused: true, error: undefined }],
  [
    'is refused without the promised iss',
    { issuer: 'promised', parameters: [state, code] },
    { refused: true, error: undefined },
  ],
])('a callback %s by both', async (_, input, expected) => {
  expect(await readings(input)).toEqual({ own: expected, other: expected })
})

const names = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'id_token',
  'token',
  'access_token',
  'response',
  'x',
]
const pair = fc.constantFrom(...names).chain((name) => {
  const special = name === 'iss' || name.startsWith('error') ? fc.constantFrom('', iss[1], 'access_denied') : secret
  return fc.tuple(fc.constant(name), fc.oneof(text, special, fc.constant('{state}')))
})
/** A good callback with a thing or two wrong. */
const input: fc.Arbitrary<Arrived> = fc
  .tuple(
    fc.constantFrom<Arrived['issuer']>('promised', 'known', 'none'),
    fc.subarray<Pair>([code, state, iss], { minLength: 1 }),
    fc.boolean(),
    fc.array(pair, { maxLength: 2 }),
  )
  .map(([issuer, usual, failing, odd]) => ({ issuer, parameters: [...usual, ...(failing ? [error] : []), ...odd] }))
const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 5) } // each case takes two milliseconds

property.prop([input], some)('no other callback is read in two ways', async (callback) => {
  const { own, other } = await readings(callback)
  if (!rows.some(({ differs }) => differs(callback))) expect(other).toEqual(own)
})
