import { Pkce, Provider, Refresh } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import type { JWTPayload } from 'jose'
import { authorizationCodeGrant, type Configuration, refreshTokenGrant } from 'openid-client'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { someTime, testClock } from '../support/clock.ts'
import { accessToken, es256, type Key, keyOf, rs256, sign } from '../support/openid.ts'
import { publicClient, watched } from '../support/scene.ts'

const now = someTime / 1000
const keys = 'https://id.acme.example/keys'
const login = { nonce: '{nonce}' }
const honest = { iss: metadata.issuer, sub: 'ada', aud: 'cid', iat: now, exp: now + 300, ...login }

interface Stage {
  readonly provider: Provider
  readonly configuration: Configuration
  /** The next token response. */
  idToken: string
}

/** A provider whose ID tokens are made by the test, without a network. */
async function stageOf(): Promise<Stage> {
  const fetch: typeof globalThis.fetch = async (input) => {
    if (String(input) === keys) return Response.json({ keys: [rs256.jwk] })
    const issued = { access_token: accessToken, refresh_token: 'canary-refresh-token', token_type: 'Bearer' }
    return Response.json({ ...issued, id_token: stage.idToken })
  }
  const options = { clock: testClock(), fetch, onEvent: watched() }
  const provider = new Provider({ name: 'acme', metadata: { ...metadata, jwks_uri: keys } }, publicClient, options)
  const stage: Stage = { provider, configuration: await configurationOf(provider), idToken: '' }
  return stage
}

/** Who signs, and what the header says. */
type Signing = Parameters<typeof sign>[1]
type Verdict = 'taken' | 'refused'
const verdictOf = async (action: Promise<unknown>): Promise<Verdict> =>
  action.then(
    () => 'taken',
    () => 'refused',
  )

/** What both make of the ID token of a login. */
async function verdicts(change: object, signing: Signing = {}): Promise<readonly [own: Verdict, other: Verdict]> {
  const stage = await stageOf()
  const { transaction } = await stage.provider.grant(Pkce).authorize({ scope: ['openid'] })
  const { state, nonce, codeVerifier } = transaction
  const text = JSON.stringify({ ...honest, ...change }).replace('{nonce}', String(nonce))
  stage.idToken = await sign(JSON.parse(text) as JWTPayload, signing)
  const query = `?code=canary-code&state=${state}`
  const url = new URL(String(publicClient.redirectUri) + query)
  const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true }
  return [
    await verdictOf(stage.provider.grant(Pkce).requestToken(query, transaction)),
    await verdictOf(authorizationCodeGrant(stage.configuration, url, checks as never)),
  ]
}

const both = (verdict: Verdict) => [verdict, verdict] as const
const stricter = ['refused', 'taken'] as const
const header = (more: object): Signing => ({ header: more })
const stranger: Key = await keyOf('RS256', 'k1')
const weak: Signing = { key: { ...es256, jwk: { ...es256.jwk, kid: 'k1' } } }

/** A change of an honest ID token, and how it is signed. */
type Case = readonly [change: object, signing?: Signing]
const named = ([change, signing]: Case) => ({ change, signing })

describe.each<[string, readonly Case[]]>([
  ['O23: an azp of another client is taken, and refused here', [[{ azp: 'other' }]]],
  [
    'O24: a sub that is empty, not ASCII or longer than 255 is taken, and refused here',
    [[{ sub: '' }], [{ sub: 'é' }], [{ sub: 'a'.repeat(256) }]],
  ],
  ['O25: an expiry that no clock reaches is taken, and refused here', [[{ exp: 1e300 }]]],
  ['O26: a time of issue far off is taken, and refused here', [[{ iat: now + 35 }], [{ iat: now - 25 * 3600 }]]],
  ['O27: a hash of another access token or code is taken, and refused here', [[{ at_hash: 'x' }], [{ c_hash: 'x' }]]],
  [
    'O28: a token of another kind is taken, and refused here',
    [
      [{}, header({ typ: 'at+jwt' })],
      [{}, header({ typ: 'logout+jwt' })],
    ],
  ],
])('%s', (_, examples) => {
  test.each(examples.map(named))('$change', async ({ change, signing }) =>
    expect(await verdicts(change, signing)).toEqual(stricter),
  )
})

describe.each<[string, Verdict, readonly Case[]]>([
  [
    'nothing wrong',
    'taken',
    [[{}], [{ azp: 'cid' }], [{ aud: ['cid'] }], [{ extra: 1 }], [{ at_hash: '77QmUPtjPfzWtF2AnpK9RQ' }]],
  ],
  [
    'the wrong issuer',
    'refused',
    [[{ iss: undefined }], [{ iss: `${metadata.issuer}/` }], [{ iss: [metadata.issuer] }]],
  ],
  [
    'the wrong audience',
    'refused',
    [[{ aud: undefined }], [{ aud: 'other' }], [{ aud: [] }], [{ aud: ['cid', 'other'] }]],
  ],
  ['the wrong user', 'refused', [[{ sub: undefined }], [{ sub: 7 }]]],
  [
    'the wrong time',
    'refused',
    [
      [{ exp: now - 60 }],
      [{ exp: undefined }],
      [{ exp: '1' }],
      [{ iat: undefined }],
      [{ iat: 'x' }],
      [{ nbf: now + 60 }],
    ],
  ],
  ['the wrong nonce', 'refused', [[{ nonce: undefined }], [{ nonce: 'other' }], [{ nonce: 7 }]]],
  [
    'the wrong signature',
    'refused',
    [
      [{}, { key: stranger }],
      [{}, weak],
      [{}, header({ kid: 'k9' })],
    ],
  ],
])('an ID token with %s', (_, verdict, examples) => {
  test.each(examples.map(named))(`is ${verdict} by both: $change`, async ({ change, signing }) =>
    expect(await verdicts(change, signing)).toEqual(both(verdict)),
  )
})

describe('O29: a refreshed ID token of another login is taken, and refused here', () => {
  test.each([{ sub: 'bob' }, { nonce: 'other' }, { auth_time: now - 60 }])('%j', async (change) => {
    const stage = await stageOf()
    const { transaction } = await stage.provider.grant(Pkce).authorize({ scope: ['openid'] })
    const first = { ...honest, nonce: transaction.nonce, auth_time: now }
    stage.idToken = await sign(first)
    const token = await stage.provider
      .grant(Pkce)
      .requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    const own = async () => verdictOf(stage.provider.grant(Refresh).requestToken(token))
    const other = async () => verdictOf(refreshTokenGrant(stage.configuration, token.refreshToken ?? ''))
    stage.idToken = await sign({ ...first, nonce: undefined })
    expect([await own(), await other()]).toEqual(both('taken'))
    stage.idToken = await sign(JSON.parse(JSON.stringify({ ...first, nonce: undefined, ...change })) as JWTPayload)
    expect([await own(), await other()]).toEqual(stricter)
  })
})
