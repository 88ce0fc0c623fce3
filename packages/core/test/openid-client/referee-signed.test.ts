import { fc, test as property } from '@fast-check/vitest'
import { Pkce, Provider, Token } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import { base64url, type JWTPayload } from 'jose'
import {
  authorizationCodeGrant,
  type Configuration,
  fetchUserInfo,
  tokenIntrospection,
  useCodeIdTokenResponseType,
  useJwtResponseMode,
} from 'openid-client'
import { describe, expect, test, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { someTime, testClock } from '../support/clock.ts'
import { accessToken, es256, type Key, keyOf, rs256, sign } from '../support/openid.ts'
import { metadata as endpoints } from '../support/referee-endpoints.ts'
import { redirectUri, publicClient, watched } from '../support/scene.ts'

// What a server signs beside the ID token of a token response: verified by both, or refused by one of them for a reason.

vi.setConfig({ testTimeout: 120_000 })

/** openid-client verifies signed user information by algorithms that are listed, and by no other. */
const metadata = { ...endpoints, userinfo_signing_alg_values_supported: ['RS256'] }
const now = someTime / 1000
const hashOf = async (value: string) => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))
  return base64url.encode(new Uint8Array(digest).slice(0, 16))
}
const code = 'canary-code'

/** What is signed, in which type of token and response, and how both read it. */
interface Kind {
  readonly claims: JWTPayload
  readonly typ?: string
  readonly contentType?: string
  own(stage: Stage): Promise<unknown>
  other(stage: Stage): Promise<unknown>
}

interface Stage {
  readonly provider: Provider
  readonly configuration: Configuration
  /** Signs the claims, whose placeholders are filled in. */
  readonly signed: (values?: Readonly<Record<string, string>>) => Promise<string>
  /** The nonce of the ID token of the token response. */
  nonce?: string
}

const issued = { iss: metadata.issuer, aud: 'cid' }
const token = Token.from({ accessToken: 'canary-token' })
const idToken = { ...issued, sub: 'ada', iat: now, exp: now + 300, nonce: '{nonce}', c_hash: await hashOf(code) }

/** A login whose callback is what the test signs. */
async function loggingIn(stage: Stage, options: object, queryOf: (jwt: string, state: string) => string) {
  const { provider, signed } = stage
  const login = provider.grant(Pkce)
  const { transaction } = await login.authorize(options)
  const { state, nonce = '', codeVerifier } = transaction
  stage.nonce = nonce
  const query = queryOf(await signed({ state, nonce, s_hash: await hashOf(state) }), state)
  const checks = { expectedState: state, pkceCodeVerifier: codeVerifier, ...(nonce && { expectedNonce: nonce }) }
  const url = new URL(redirectUri + query)
  return { own: () => login.requestToken(query, transaction), url, checks: checks as never }
}

const jarm = (stage: Stage) => loggingIn(stage, { responseMode: 'jwt' }, (jwt) => `?response=${jwt}`)
const hybrid = (stage: Stage) =>
  loggingIn(
    stage,
    { scope: ['openid'], responseType: 'code id_token' },
    (jwt, state) => `#code=${code}&state=${state}&id_token=${jwt}`,
  )

const kinds = {
  'user information': {
    claims: { ...issued, sub: 'ada' },
    contentType: 'application/jwt',
    own: ({ provider }) => provider.userinfo(token, { subject: 'ada' }),
    other: ({ configuration }) => fetchUserInfo(configuration, 'canary-token', 'ada'),
  },
  introspection: {
    claims: { ...issued, iat: now, token_introspection: { active: true } },
    typ: 'token-introspection+jwt',
    contentType: 'application/token-introspection+jwt',
    own: ({ provider }) => provider.introspect('canary-token'),
    other: ({ configuration }) => tokenIntrospection(configuration, 'canary-token'),
  },
  'authorization response': {
    claims: { ...issued, exp: now + 300, code, state: '{state}' },
    own: async (stage) => (await jarm(stage)).own(),
    other: async (stage) => {
      useJwtResponseMode(stage.configuration)
      const { url, checks } = await jarm(stage)
      return authorizationCodeGrant(stage.configuration, url, checks)
    },
  },
  'ID token beside a code': {
    claims: idToken,
    own: async (stage) => (await hybrid(stage)).own(),
    other: async (stage) => {
      useCodeIdTokenResponseType(stage.configuration)
      const { url, checks } = await hybrid(stage)
      return authorizationCodeGrant(stage.configuration, url, checks)
    },
  },
} satisfies Record<string, Kind>
type KindName = keyof typeof kinds

/** One thing that is wrong: claims, header, key. */
interface Case {
  readonly kind: KindName
  readonly change?: object
  readonly header?: object
  readonly key?: Key
  /** Whether the metadata lists no algorithms. */
  readonly unlisted?: boolean
}

async function stageOf({ kind, change, header, key, unlisted }: Case): Promise<Stage> {
  const { claims, typ, contentType = '' }: Kind = kinds[kind]
  const signed: Stage['signed'] = async (values = {}) => {
    const filled = JSON.stringify({ ...claims, ...change }).replaceAll(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
    return sign(JSON.parse(filled) as JWTPayload, { header: { ...(typ && { typ }), ...header }, ...(key && { key }) })
  }
  const fetch: typeof globalThis.fetch = async (input) => {
    if (String(input) === metadata.jwks_uri) return Response.json({ keys: [rs256.jwk] })
    if (contentType) return new Response(await signed(), { headers: { 'content-type': contentType } })
    const id_token = stage.nonce ? { id_token: await sign({ ...idToken, nonce: stage.nonce }) } : {}
    return Response.json({ access_token: accessToken, token_type: 'Bearer', ...id_token })
  }
  const provider = new Provider({ name: 'acme', metadata: unlisted ? endpoints : metadata }, publicClient, {
    clock: testClock(),
    fetch,
    onEvent: watched(),
  })
  const stage: Stage = { provider, configuration: await configurationOf(provider), signed }
  return stage
}

type Verdict = 'taken' | 'refused'
const verdictOf = async (action: Promise<unknown>): Promise<Verdict> =>
  action.then(
    () => 'taken',
    () => 'refused',
  )

/** What both make of it. */
async function verdicts(input: Case): Promise<readonly [own: Verdict, other: Verdict]> {
  const { own, other }: Kind = kinds[input.kind]
  return [await verdictOf(own(await stageOf(input))), await verdictOf(other(await stageOf(input)))]
}

/** A row: where they differ, this library refuses what openid-client takes, unless it says otherwise. */
interface SignedRow {
  readonly name: string
  readonly differs: (input: Case) => boolean
  readonly examples: readonly Case[]
}

const all = Object.keys(kinds) as KindName[]
const at = (...names: readonly KindName[]) => ({
  with: (...changes: readonly Omit<Case, 'kind'>[]): Case[] =>
    names.flatMap((kind) => changes.map((change) => ({ kind, ...change }))),
})
const claim = (input: Case, name: string): unknown => {
  const { claims }: Kind = kinds[input.kind]
  return Reflect.get(JSON.parse(JSON.stringify({ ...claims, ...input.change })) as object, name)
}
const typOf = ({ header = {} }: Case) => Reflect.get(header, 'typ') as unknown

const isOf = ({ kind }: Case, ...names: readonly KindName[]) => names.includes(kind)
const front = 'ID token beside a code'
const other = (typ: string) => ({ header: { typ } })

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
    examples: at('user information', 'authorization response', front).with(other('at+jwt'), other('logout+jwt')),
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
  .map(([kind, changed, typ]) => ({ kind, change: Object.fromEntries(changed), ...(typ && { header: { typ } }) }))
const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 10) } // each case takes ten milliseconds

property.prop([input], some)('no other one is judged in two ways', async (signed) => {
  const [own, other] = await verdicts(signed)
  if (!rows.some(({ differs }) => differs(signed))) expect(other).toEqual(own)
})
