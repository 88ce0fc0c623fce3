import { ClientCredentials, type GrantEvent, Pkce, type ProviderDefinition, Refresh, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { someTime, testClock } from '../support/clock.ts'
import { confidential, errorOf, goodToken, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const clock = testClock()

/** The token that a response makes. */
async function tokenOf(
  reply: Reply,
  definition: Partial<ProviderDefinition> = {},
  events: GrantEvent[] = [],
): Promise<Token> {
  const { provider } = await scene(reply)
  return provider(confidential, definition, { clock, onEvent: (event) => events.push(event) })
    .grant(ClientCredentials)
    .requestToken()
}
const ofJson = (json: unknown, definition?: Partial<ProviderDefinition>) => tokenOf({ json }, definition)

describe('5.5 responses', () => {
  test('R23, 5.5.1: unknown fields are kept as extras, and not as fields of the token', async () => {
    const token = await ofJson({
      ...goodToken,
      refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
      custom_param: 'v',
      nested: { deep: [1] },
    })
    expect(token).toBeInstanceOf(Token)
    expect(token.accessToken).toBe('2YotnFZFEjr1zCsicMWpAA')
    expect(token.refreshToken).toBe('tGzv3JOkF0XG5Qx2TlKWIA')
    expect(token.extra).toEqual({ custom_param: 'v', nested: { deep: [1] } })
    expect(token).not.toHaveProperty('custom_param')
  })

  test('R24, 5.5.1: a token type that nobody knows is refused, and says what to declare', async () => {
    const error = await errorOf(ofJson({ ...goodToken, token_type: 'example' }))
    expect(error.code).toBe('token_type_unsupported')
    expect(error.message).toContain(`tokenResponse: { tokenType: 'Bearer' }`)
  })

  test('5.5.1: a token type that nobody knows is Bearer where the definition declares it, with an event', async () => {
    const events: GrantEvent[] = []
    const token = await tokenOf(
      { json: { ...goodToken, token_type: 'example' } },
      { tokenResponse: { tokenType: 'Bearer' } },
      events,
    )
    expect(token.tokenType).toBe('Bearer')
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'normalised', deviation: 'tokenResponse.tokenType', provider: 'acme' }),
    )
  })

  test('a declared deviation that is not used emits no event', async () => {
    const events: GrantEvent[] = []
    await tokenOf({ json: goodToken }, { tokenResponse: { tokenType: 'Bearer', formEncoded: true } }, events)
    expect(events.map(({ type }) => type)).toEqual(['request', 'issued'])
  })

  test('5.5.3: expires_in at t0 makes expiresAt t0 + expires_in', async () => {
    expect((await ofJson(goodToken)).expiresAt).toBe(someTime + 3_600_000)
  })

  test.each([
    ['3600', 3600],
    [3.7, 3],
    [0, 0],
    [9_007_199_254_740_993, 10 * 365 * 24 * 3600],
  ])('A44, G11, G12, 5.5.3: expires_in %j is %i seconds', async (expires_in, seconds) => {
    expect((await ofJson({ ...goodToken, expires_in })).expiresAt).toBe(someTime + seconds * 1000)
  })

  test.each([null, '', 'abc', 'never', -1, '-1', '3.7', true, [], {}, [3600]])(
    'A44, G12: expires_in %j is refused',
    async (expires_in) => {
      expect((await errorOf(ofJson({ ...goodToken, expires_in }))).code).toBe('token_response_invalid')
    },
  )

  test('A44, G12: expires_in 1e400, which JSON reads as Infinity, is refused', async () => {
    const text = '{"access_token":"canary","token_type":"Bearer","expires_in":1e400}'
    expect((await errorOf(tokenOf({ text }))).code).toBe('token_response_invalid')
  })

  test('5.5.4: a scope string becomes a list', async () => {
    const token = await ofJson({
      ...goodToken,
      scope: 'user-follow-read user-follow-modify user-library-read user-library-modify',
    })
    expect(token.scope).toEqual(['user-follow-read', 'user-follow-modify', 'user-library-read', 'user-library-modify'])
  })

  test('5.5.11: an empty scope is an empty list', async () =>
    expect((await ofJson({ ...goodToken, scope: '' })).scope).toEqual([]))

  test.each([null, ['a', 'b'], 1, 'a"b', 'é'])('R11: a scope %j is refused', async (scope) => {
    expect((await errorOf(ofJson({ ...goodToken, scope }))).code).toBe('token_response_invalid')
  })

  test('A44, 5.5.9: without expires_in the end is unknown, and the token never expires by itself', async () => {
    const { expires_in: _, ...rest } = goodToken
    const token = await ofJson(rest)
    expect(token).not.toHaveProperty('expiresAt')
    expect(token.isExpired(0, Number.MAX_SAFE_INTEGER)).toBe(false)
  })

  test('R22, 5.5.10: a missing token_type is refused, and Bearer where the definition declares it', async () => {
    const { token_type: _, ...rest } = goodToken
    const error = await errorOf(ofJson(rest))
    expect(error.code).toBe('token_response_invalid')
    expect(error.message).toContain('token_type is missing')
    expect((await ofJson(rest, { tokenResponse: { tokenType: 'Bearer' } })).tokenType).toBe('Bearer')
  })

  test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('R22: token_type %s is Bearer', async (token_type) => {
    expect((await ofJson({ ...goodToken, token_type })).tokenType).toBe('Bearer')
  })

  test('A45, G1: a DPoP token is refused when no key was used', async () => {
    expect((await errorOf(ofJson({ ...goodToken, token_type: 'DPoP' }))).code).toBe('token_type_mismatch')
  })

  test('R12, 5.5.12: requested and granted scope are both visible, and the granted one counts', async () => {
    const { provider } = await scene({ json: { ...goodToken, scope: 'a' } })
    const token = await provider()
      .grant(ClientCredentials)
      .requestToken({ scope: ['a', 'b'] })
    expect(token.scope).toEqual(['a'])
    expect(token.requestedScope).toEqual(['a', 'b'])
  })

  test('R12: without a scope in the response, what was requested is granted', async () => {
    const { provider } = await scene()
    const login = provider().grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['a', 'b'] })
    const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.scope).toEqual(['a', 'b'])
    expect(token.requestedScope).toEqual(['a', 'b'])
  })

  test('5.6.5: a form-encoded response is refused with its content type, and read where the definition declares it', async () => {
    const form = { access_token: 'canary', token_type: 'bearer', expires_in: '60', scope: 'a b' }
    const error = await errorOf(tokenOf({ form }))
    expect(error.code).toBe('token_response_invalid')
    expect(error.message).toContain('form-encoded')
    const events: GrantEvent[] = []
    const token = await tokenOf({ form }, { tokenResponse: { formEncoded: true } }, events)
    expect(token).toMatchObject({ accessToken: 'canary', scope: ['a', 'b'], expiresAt: someTime + 60_000 })
    expect(events.map(({ type }) => type)).toEqual(['request', 'normalised', 'issued'])
  })

  test('5.6.5: a response that is HTML is refused with its content type', async () => {
    const error = await errorOf(
      tokenOf({ text: '<html>canary</html>', headers: { 'content-type': 'text/html; charset=utf-8' } }),
    )
    expect(error.code).toBe('token_response_invalid')
    expect(error.message).toContain('text/html')
  })

  test('G13, G14: JSON with another content type, or a byte order mark, is read', async () => {
    expect((await tokenOf({ text: JSON.stringify(goodToken) })).accessToken).toBe(goodToken['access_token'])
    expect((await tokenOf({ text: `\uFEFF${JSON.stringify(goodToken)}` })).accessToken).toBe(goodToken['access_token'])
  })

  test.each([
    ['R22, 5.6.5', { token_type: 'Bearer' }],
    ['R22', { ...goodToken, access_token: '' }],
    ['R22', { ...goodToken, access_token: null }],
    ['R22', { ...goodToken, access_token: 1 }],
    ['R22', { ...goodToken, access_token: { toString: 'canary' } }],
    ['G10', { ...goodToken, access_token: ' ' }],
    ['G10', { ...goodToken, access_token: 'canary token' }],
    ['A37, G9', { ...goodToken, access_token: 'canary\r\nX: y' }],
    ['G10', { ...goodToken, access_token: '\u0000' }],
    ['G10', { ...goodToken, access_token: 'canaryé' }],
    ['R22', { ...goodToken, token_type: 1 }],
    ['R22', { ...goodToken, token_type: '' }],
    ['R22', { ...goodToken, refresh_token: '' }],
    ['R22', { ...goodToken, refresh_token: null }],
    ['G10', { ...goodToken, refresh_token: 'canary\nb' }],
    ['R22', [goodToken]],
    ['R22', 'a string'],
    ['R22', null],
  ])('%s: %j is refused', async (_, json) => {
    expect((await errorOf(ofJson(json))).code).toBe('token_response_invalid')
  })

  test('G7: a refused response shows none of its tokens', async () => {
    const tokens = { access_token: 'canary-access', refresh_token: 'canary-refresh', id_token: 'canary-id' }
    const { provider } = await scene({ json: { ...goodToken, ...tokens, expires_in: -1 } })
    for (const request of [
      () => provider().grant(ClientCredentials).requestToken(),
      () => provider().grant(Refresh).requestToken('canary-refresh-token'),
    ])
      expect((await errorOf(request)).code).toBe('token_response_invalid')
  })

  test.each([
    ['a refused response', { ...goodToken, access_token: 'é' }, 'canary-rotated'],
    ['one without token type', { access_token: 'canary' }, 'canary-rotated'],
    ['a refresh token that is none', { ...goodToken, access_token: 'é' }, 'canary\nrotated'],
  ])(
    'A47: %s carries the new refresh token to the token source, and shows it to nobody',
    async (_, answer, rotated) => {
      const { provider } = await scene({ json: { ...answer, refresh_token: rotated } })
      const exchange = await provider().grant(Refresh).exchange('canary-refresh-token')
      const rescued = rotated.includes('\n') ? undefined : rotated
      expect(exchange).toMatchObject({ error: { code: 'token_response_invalid' }, rescued })
      expect(JSON.stringify('error' in exchange && exchange.error)).not.toContain(rotated.trim())
    },
  )

  test.each<[string, Reply, string | undefined]>([
    [
      'a form that nobody declared',
      { form: { access_token: 'canary', refresh_token: 'canary-rotated' } },
      'canary-rotated',
    ],
    ['another status', { status: 201, json: { ...goodToken, refresh_token: 'canary-rotated' } }, 'canary-rotated'],
    [
      'a page that only looks like a form',
      { text: '<a href="?a=b&refresh_token=canary">access_token=</a>' },
      undefined,
    ],
  ])('A47: %s carries it, if there is one', async (_, reply, rotated) => {
    const { provider } = await scene(reply)
    const exchange = await provider().grant(Refresh).exchange('canary-refresh-token')
    expect(exchange).toMatchObject({ error: { code: 'token_response_invalid' }, rescued: rotated })
  })

  test('G14: of a field that occurs twice, the last counts, as in every JSON parser', async () => {
    const text = '{"access_token":"canary-1","token_type":"mac","token_type":"Bearer","access_token":"canary-2"}'
    expect(await tokenOf({ text })).toMatchObject({ accessToken: 'canary-2', tokenType: 'Bearer' })
  })

  test.each([201, 202, 204])('status %i is not a success', async (status) => {
    expect((await errorOf(tokenOf(status === 204 ? { status } : { status, json: goodToken }))).code).toBe(
      'token_response_invalid',
    )
  })

  test('A36, G15: __proto__ in a response changes no prototype, even when the extras are copied', async () => {
    const text =
      '{"access_token":"canary","token_type":"Bearer","__proto__":{"isAdmin":true},"nested":{"__proto__":{"isAdmin":true}}}'
    const token = await tokenOf({ text })
    const copies = [
      token,
      Object.assign({}, token.extra),
      token.extra['nested'],
      Token.from(JSON.stringify(token)).extra,
      {},
    ]
    for (const copy of copies) expect((copy as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  test('A32: a response that is nested very deeply is refused, and overflows nothing', async () => {
    const text = `{"access_token":"canary","token_type":"Bearer","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect((await errorOf(tokenOf({ text }))).code).toBe('token_response_invalid')
  })

  test.each(vectorsOf('access_token is a valid b64token'))('R36, G10: $name', async ({ input, expected }) => {
    const access_token = String(Object.values(input)[0])
    const accepted = await ofJson({ ...goodToken, access_token }).then(
      () => true,
      () => false,
    )
    if (access_token === 'a=b') return expect(accepted).toBe(true) // RFC 6749 App. A.12 allows it, and a header can carry it
    return expect({ sendable: accepted }).toEqual(expected)
  })
})

describe('what a refresh leaves as it was', () => {
  const before = Token.from({
    accessToken: 'old',
    refreshToken: 'canary-rt-1',
    scope: ['a', 'b'],
    requestedScope: ['a', 'b', 'c'],
    expiresAt: someTime - 1000,
    authorizedAt: someTime - 50_000,
    extra: { instance_url: 'https://eu.example', kept: 1 },
  })
  const refreshed = async (
    json: object,
    token: Token | string = before,
    definition: Partial<ProviderDefinition> = {},
  ) => (await scene({ json })).provider(confidential, definition, { clock }).grant(Refresh).requestToken(token)

  test('R28, G29, 5.5.5, E-31: refreshing keeps a refresh token that the server did not rotate', async () => {
    expect((await refreshed(goodToken)).refreshToken).toBe('canary-rt-1')
    expect((await refreshed(goodToken, 'only-a-text')).refreshToken).toBe('only-a-text')
  })

  test('R28, R204, 5.5.6: refreshing replaces a refresh token that the server rotated', async () => {
    expect((await refreshed({ ...goodToken, refresh_token: 'canary-rt-2' })).refreshToken).toBe('canary-rt-2')
    expect((await refreshed({ ...goodToken, refresh_token: 'canary-rt-2' }, 'only-a-text')).refreshToken).toBe(
      'canary-rt-2',
    )
  })

  test('5.5.7: the scope stays unless the response has one', async () => {
    expect((await refreshed(goodToken)).scope).toEqual(['a', 'b'])
    expect((await refreshed({ ...goodToken, scope: 'a' })).scope).toEqual(['a'])
    expect((await refreshed(goodToken)).requestedScope).toEqual(['a', 'b', 'c'])
  })

  test("the provider's extras survive, and new ones win", async () => {
    const { extra } = await refreshed({ ...goodToken, kept: 2, added: 3 })
    expect(extra).toEqual({ instance_url: 'https://eu.example', kept: 2, added: 3 })
  })

  test('the end of the old access token does not become the end of the new one', async () => {
    const { expires_in: _, ...rest } = goodToken
    expect(await refreshed(rest)).not.toHaveProperty('expiresAt')
  })

  test('when the user authorized stays, and the absolute end of the grant does not move', async () => {
    const token = await refreshed(goodToken, before, { refreshToken: { absoluteLifetime: 100 } })
    expect(token.authorizedAt).toBe(someTime - 50_000)
    expect(token.refreshExpiresAt).toBe(someTime + 50_000)
  })

  test('the token before is not changed', async () => {
    await refreshed({ ...goodToken, refresh_token: 'canary-rt-2' })
    expect(before.refreshToken).toBe('canary-rt-1')
  })

  test('refresh_token_expires_in is kept as a time', async () => {
    expect(
      (await refreshed({ ...goodToken, refresh_token: 'canary-rt-2', refresh_token_expires_in: 60 })).refreshExpiresAt,
    ).toBe(someTime + 60_000)
  })
})

test('5.5.8: a login without a refresh token in the response succeeds', async () => {
  const { provider } = await scene()
  const login = provider().grant(Pkce)
  const { transaction } = await login.authorize()
  const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  expect(token).not.toHaveProperty('refreshToken')
})

test('a login remembers when the user authorized, and when the preset says that the grant expires', async () => {
  const { provider } = await scene({ json: { ...goodToken, refresh_token: 'canary-rt' } })
  const login = provider(confidential, { refreshToken: { absoluteLifetime: 100 } }, { clock }).grant(Pkce)
  const { transaction } = await login.authorize()
  const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  expect(token.authorizedAt).toBe(someTime)
  expect(token.refreshExpiresAt).toBe(someTime + 100_000)
})

test('an ID token that nobody asked for is left in the extras, unread', async () => {
  const token = await ofJson({ ...goodToken, id_token: 'not.even.a-canary' })
  expect(token.extra).toEqual({ id_token: 'not.even.a-canary' })
  expect(token).not.toHaveProperty('idToken')
})
