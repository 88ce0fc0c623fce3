import { ClientCredentials, Pkce, type Provider, Refresh, Token } from '@grantkit/core'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import {
  buildAuthorizationUrlWithJAR,
  buildAuthorizationUrlWithPAR,
  clientCredentialsGrant,
  type Configuration,
  type DPoPHandle,
  fetchUserInfo,
  getDPoPHandle,
  PrivateKeyJwt,
  refreshTokenGrant,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { keyPair } from '../support/dpop.ts'
import { clientKey } from '../support/client-keys.ts'
import { type Reading, type Received, refusal } from '../support/referee.ts'
import { configurationWith, providerWith, recorder, reply, type Sent } from '../support/referee-sent.ts'
import { goodToken, redirectUri } from '../support/scene.ts'

// What both sign themselves: proofs, client assertions and request objects, claim by claim.

const pair = await keyPair()
const key = await clientKey('ES256')

describe('DPoP', () => {
  const bound = { ...goodToken, token_type: 'DPoP' }
  const proofOf = ({ headers }: Sent) => {
    const proof = headers.get('dpop') ?? ''
    const { jti, iat, ...claims } = decodeJwt(proof)
    return { header: decodeProtectedHeader(proof), claims, kinds: [typeof jti, Number.isInteger(iat)] }
  }
  const handleOf = (configuration: Configuration): DPoPHandle => getDPoPHandle(configuration, pair)

  /** What both send, by an action of each. */
  async function proofs(
    replies: readonly Received[],
    own: (provider: Provider) => Promise<unknown>,
    other: (configuration: Configuration, options: { DPoP: DPoPHandle }) => Promise<unknown>,
  ) {
    const [one, two] = [recorder(...replies), recorder(...replies)]
    const ownReading = await own(providerWith(one.fetch, { dpop: pair })).then(taken, refusal)
    const configuration = configurationWith(two.fetch)
    const reading = await other(configuration, { DPoP: handleOf(configuration) }).then(taken, refusal)
    return {
      own: { reading: ownReading, sent: one.sent.map(proofOf) },
      other: { reading, sent: two.sent.map(proofOf) },
    }
  }
  const taken = (): Reading => ({ taken: true })
  const wanted = (nonce: string) => reply(400, { error: 'use_dpop_nonce' }, { 'dpop-nonce': nonce })
  const token = Token.from({ accessToken: 'canary-token', tokenType: 'DPoP' })

  test.each<[string, readonly Received[], number, Reading]>([
    ['a token request', [reply(200, bound)], 1, { taken: true }],
    ['one more, with the nonce that the server wants', [wanted('n-1'), reply(200, bound)], 2, { taken: true }],
    ['no third one', [wanted('n-1'), wanted('n-2')], 2, { refused: true, error: 'use_dpop_nonce' }],
  ])('both make the same proof of %s', async (_, replies, count, reading) => {
    const { own, other } = await proofs(
      replies,
      (provider) => provider.grant(ClientCredentials).requestToken(),
      (configuration, options) => clientCredentialsGrant(configuration, {}, options),
    )
    expect(own.sent).toHaveLength(count)
    expect(other).toEqual(own)
    expect(own.reading).toEqual(reading)
  })

  test('both make the same proof of a refresh and of user information, with the hash of the token', async () => {
    const refreshed = await proofs(
      [reply(200, bound)],
      (provider) => provider.grant(Refresh).requestToken('canary-refresh-token'),
      (configuration, options) => refreshTokenGrant(configuration, 'canary-refresh-token', {}, options),
    )
    expect(refreshed.other).toEqual(refreshed.own)
    const challenge = { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n-1' }
    const asked = await proofs(
      [reply(401, {}, challenge), reply(200, { sub: 'ada' })],
      (provider) => provider.userinfo(token, { subject: 'ada' }),
      (configuration, options) => fetchUserInfo(configuration, 'canary-token', 'ada', options),
    )
    expect(asked.own.sent.map(({ claims }) => Object.keys(claims).toSorted())).toEqual([
      ['ath', 'htm', 'htu'],
      ['ath', 'htm', 'htu', 'nonce'],
    ])
    expect(asked.other).toEqual(asked.own)
  })

  test('both make the same proof of a pushed request', async () => {
    const accepted = reply(201, { request_uri: 'urn:example:request:1', expires_in: 60 })
    const { own, other } = await proofs(
      [accepted],
      (provider) => provider.grant(Pkce).authorize({ pushed: true }),
      (configuration, options) => buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri }, options),
    )
    expect(other).toEqual(own)
  })

  test('O55: a server that wants a nonce, and sends none, is asked again, and not here', async () => {
    const { own, other } = await proofs(
      [reply(400, { error: 'use_dpop_nonce' })],
      (provider) => provider.grant(ClientCredentials).requestToken(),
      (configuration, options) => clientCredentialsGrant(configuration, {}, options),
    )
    expect([own.sent.length, other.sent.length]).toEqual([1, 2])
    expect(other.reading).toEqual(own.reading)
  })

  test('O52: a Bearer token for a request with a proof is taken, and refused here', async () => {
    const { own, other } = await proofs(
      [reply(200, goodToken)],
      (provider) => provider.grant(ClientCredentials).requestToken(),
      (configuration, options) => clientCredentialsGrant(configuration, {}, options),
    )
    expect([own.reading, other.reading]).toEqual([{ refused: true, error: undefined }, { taken: true }])
  })
})

/** A JWT without what is random, and how its times lie to one another. */
function shapeOf(jwt: string) {
  const { jti, iat = 0, nbf = 0, exp = 0, ...claims } = decodeJwt(jwt)
  return { header: decodeProtectedHeader(jwt), claims, jti: typeof jti, times: [nbf - iat, exp - iat] }
}
const late = (jwt: string) => Math.round(Date.now() / 1000) - (decodeJwt(jwt).iat ?? 0) >= 4

describe('a client assertion', () => {
  async function assertions() {
    const [one, two] = [recorder(), recorder()]
    const signingKey = { privateKey: key.privateKey, keyId: 'key-1' }
    await providerWith(one.fetch, {}, { signingKey }).grant(ClientCredentials).requestToken()
    const authentication = PrivateKeyJwt({ key: key.privateKey, kid: 'key-1' })
    await clientCredentialsGrant(configurationWith(two.fetch, authentication))
    const formOf = ({ sent }: typeof one) => Object.fromEntries(sent[0]?.form ?? [])
    return { own: formOf(one), other: formOf(two) }
  }

  test('of both says the same, and travels in the same parameters', async () => {
    const { own, other } = await assertions()
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(other).toSorted())
    expect(own['client_assertion_type']).toBe(other['client_assertion_type'])
    expect(shapeOf(own['client_assertion'] ?? '')).toEqual(shapeOf(other['client_assertion'] ?? ''))
  })

  test('O53: one is issued now, and five seconds ago here', async () => {
    const { own, other } = await assertions()
    expect([late(own['client_assertion'] ?? ''), late(other['client_assertion'] ?? '')]).toEqual([true, false])
  })
})

describe('a request object', () => {
  const details = [{ type: 'account', actions: ['list'] }]
  async function objects(resource: readonly string[] = ['https://a.example', 'https://b.example'], more: object = {}) {
    const signingKey = { privateKey: key.privateKey, keyId: 'key-1' }
    const provider = providerWith(recorder().fetch, {}, { signingKey })
    const asked = { scope: ['read'], resource, maxAge: 60, claims: { id_token: { email: null } }, ...more }
    const { url } = await provider
      .grant(Pkce)
      .authorize({ ...asked, authorizationDetails: details, requestObject: true })
    const own = url.searchParams.get('request') ?? ''
    const { state, code_challenge, code_challenge_method, nonce } = decodeJwt(own) as Record<string, string | undefined>
    const parameters = new URLSearchParams({
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'read',
      max_age: '60',
      claims: JSON.stringify(asked.claims),
      authorization_details: JSON.stringify(details),
      ...JSON.parse(JSON.stringify({ state, code_challenge, code_challenge_method, nonce })),
      ...(more as { parameters?: object }).parameters,
    } as Record<string, string>)
    for (const value of resource) parameters.append('resource', value)
    const configuration = configurationWith(recorder().fetch)
    const signed = { key: key.privateKey, kid: 'key-1' }
    const other = await buildAuthorizationUrlWithJAR(configuration, parameters, signed)
    expect([...url.searchParams.keys()].toSorted()).toEqual([...other.searchParams.keys()].toSorted())
    return { own, other: other.searchParams.get('request') ?? '' }
  }

  test.each([[['https://a.example']], [['https://a.example', 'https://b.example']]])(
    'of both has the same header and claims: %j',
    async (resource) => {
      const { own, other } = await objects(resource)
      const { times: _, ...said } = shapeOf(own)
      expect(said).toEqual({ ...shapeOf(other), times: undefined })
    },
  )

  test('O54: one is good for a minute from now, and for ten minutes from five seconds ago here', async () => {
    const { own, other } = await objects()
    expect([shapeOf(own).times, late(own)]).toEqual([[0, 600], true])
    expect([shapeOf(other).times, late(other)]).toEqual([[0, 60], false])
  })
})
