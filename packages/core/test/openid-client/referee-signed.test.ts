import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { es256, type Key, keyOf } from '../support/openid.ts'
import { type Case, type Kind, type KindName, kinds, metadata, now, verdicts } from '../support/referee-signed.ts'

// What a server signs beside the ID token of a token response: verified by both, or refused by one of them for a reason.

vi.setConfig({ testTimeout: 120_000 })

/** A row: where they differ, this library refuses what openid-client takes, unless it says otherwise. */
interface SignedRow {
  readonly name: string
  readonly differs: (input: Case) => boolean
  readonly examples: readonly Case[]
}

const all = Object.keys(kinds) as KindName[]
const at = (...names: readonly KindName[]) => ({
  with: (...changes: readonly Omit<Case, 'kind'>[]): Case[] =>
    names.flatMap((kind) => changes.map((change) => Object.assign({ kind }, change))),
})
const claim = (input: Case, name: string): unknown => {
  const { claims }: Kind = kinds[input.kind]
  return Reflect.get(JSON.parse(JSON.stringify({ ...claims, ...input.change })) as object, name)
}
const typOf = ({ header = {} }: Case) => Reflect.get(header, 'typ') as unknown

const isOf = ({ kind }: Case, ...names: readonly KindName[]) => names.includes(kind)
const front = 'ID token beside a code'
const typed = (typ: string) => ({ header: { typ } })

const rows: readonly SignedRow[] = [
  {
    name: 'O25: nor is that of anything else that a server signs',
    differs: (input) => claim(input, 'exp') === 1e300,
    examples: at(...all).with({ change: { exp: 1e300 } }),
  },
  {
    name: 'O26: so is that of an introspection response, or of an ID token beside a code',
    differs: (input) => {
      const iat = Number(claim(input, 'iat'))
      return (
        isOf(input, 'introspection', front) && (iat > now + 30 || (iat < now - 600 && isOf(input, 'introspection')))
      )
    },
    examples: [
      ...at('introspection').with({ change: { iat: now - 601 } }),
      ...at('introspection', front).with({ change: { iat: now + 31 } }),
    ],
  },
  {
    name: 'O28: so is one in place of anything else that a server signs',
    differs: (input) => {
      const typ = typOf(input)
      return !isOf(input, 'introspection') && typ !== undefined && !/^(?:application\/)?jwt$/i.test(String(typ))
    },
    examples: at('user information', 'authorization response', front).with(typed('at+jwt'), typed('logout+jwt')),
  },
  {
    name: 'O46: signed user information without issuer or audience is taken, and refused here',
    differs: (input) =>
      isOf(input, 'user information') && (claim(input, 'iss') === undefined || claim(input, 'aud') === undefined),
    examples: at('user information').with({ change: { iss: undefined } }, { change: { aud: undefined } }),
  },
  {
    name: 'O48: an ID token beside a code that is about another user than the one that the code brings is taken, and refused here',
    differs: (input) => isOf(input, front) && claim(input, 'sub') !== 'ada',
    examples: at(front).with({ change: { sub: 'eve' } }),
  },
  {
    name: 'O49: an at_hash in an ID token beside a code, where there is no access token, is not read, and refused here',
    differs: (input) => isOf(input, front) && claim(input, 'at_hash') !== undefined,
    examples: at(front).with({ change: { at_hash: 'x' } }),
  },
]

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('$kind $change $header', async (input) => {
    expect(row.differs(input)).toBe(true)
    expect(await verdicts(input)).toEqual(['refused', 'taken'])
  })
})

test('O47: user information signed by an algorithm that the metadata does not list is refused, and read here', async () => {
  expect(await verdicts({ kind: 'user information', unlisted: true })).toEqual(['taken', 'refused'])
})

test.each(all)('an honest one is taken by both: %s', async (kind) => {
  expect(await verdicts({ kind })).toEqual(['taken', 'taken'])
})

const stranger: Key = await keyOf('RS256', 'k1')
const weak: Key = { ...es256, jwk: { ...es256.jwk, kid: 'k1' } }

test.each(
  at(...all).with(
    { change: { iss: 'https://evil.example' } },
    { change: { aud: 'other' } },
    { change: { exp: now - 60 } },
    { change: { nbf: now + 60 } },
    { key: stranger },
    { key: weak },
    { header: { kid: 'k9' } },
  ),
)('is refused by both: $kind $change $header', async (input) => {
  expect(await verdicts(input)).toEqual(['refused', 'refused'])
})

const values: Readonly<Record<string, readonly unknown[]>> = {
  iss: [undefined, `${metadata.issuer}/`, [metadata.issuer], 7],
  aud: [undefined, ['cid'], ['other', 'cid'], [], 7],
  exp: [undefined, now + 5, now - 5, now - 60, 1e300, 'x', null],
  iat: [undefined, now + 20, now + 60, now - 900, 'x', null],
  nbf: [undefined, now, now + 20, now + 60, 'x', null],
  sub: [undefined, 'ada', 'eve', '', 7],
  code: [undefined, '', 7],
  state: [undefined, 'other', 7],
  nonce: [undefined, 'other', 7],
  c_hash: [undefined, 'x', 7],
  s_hash: [undefined, '{s_hash}', 'x', 7],
  at_hash: ['x', 7],
  error: ['access_denied', '', 7],
  token_introspection: [undefined, {}, { active: 'true' }, { active: false }, []],
}
const change = fc
  .constantFrom(...Object.keys(values))
  .chain((name) => fc.tuple(fc.constant(name), fc.constantFrom(...(values[name] ?? []))))
const input: fc.Arbitrary<Case> = fc
  .tuple(
    fc.constantFrom(...all),
    fc.array(change, { maxLength: 2 }),
    fc.option(fc.constantFrom('JWT', 'jwt', 'at+jwt', 'logout+jwt', 'token-introspection+jwt', 'application/jwt', 7)),
  )
  .map(([kind, changed, typ]) => ({ kind, change: Object.fromEntries(changed), header: typ === null ? {} : { typ } }))
const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 10) } // each case takes ten milliseconds

property.prop([input], some)('no other one is judged in two ways', async (signed) => {
  const [own, other] = await verdicts(signed)
  if (!rows.some(({ differs }) => differs(signed))) expect(other).toEqual(own)
})
