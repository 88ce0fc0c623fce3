import { ClientCredentials, type ProviderDefinition, Refresh, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { deviant, now } from './support/deviant.ts'
import { errorOf, goodToken } from './support/scene.ts'

type Declared = NonNullable<ProviderDefinition['tokenResponse']>

const { token_type: _, ...untyped } = goodToken
const { expires_in: __, ...endless } = goodToken
const soon = { expiresAt: now + 3_600_000 }

/** Asks for a token where the deviation is declared, and where it is not. */
async function both(tokenResponse: Declared, reply: Reply) {
  const strict = await deviant({}, [reply])
  const undeclared = await strict.login().then(
    (token) => token,
    (error: unknown) => error,
  )
  const { login, normalised } = await deviant({ tokenResponse }, [reply])
  return { undeclared, token: await login({ scope: ['read'] }), normalised: normalised() }
}

interface Row {
  readonly name: string
  readonly declared: Declared
  readonly answer: object
  readonly token?: object
  readonly used: readonly string[]
  readonly reply?: Reply
}

/** Answers that the strict core refuses, each read where the definition declares it. */
const refused: readonly Row[] = [
  {
    name: '#1: a missing token_type is Bearer',
    declared: { tokenType: 'Bearer' },
    answer: untyped,
    token: { tokenType: 'Bearer' },
    used: ['tokenResponse.tokenType'],
  },
  {
    name: '#2: a token_type of the provider’s own is Bearer',
    declared: { tokenType: 'Bearer' },
    answer: { ...goodToken, token_type: 'bot' },
    token: { tokenType: 'Bearer' },
    used: ['tokenResponse.tokenType'],
  },
  ...[null, '', 'never', -1].map((value) => ({
    name: `#5, #6: expires_in ${JSON.stringify(value)} says nothing`,
    declared: { absent: { expires_in: [null, '', 'never', -1] } },
    answer: { ...goodToken, expires_in: value },
    token: { expiresAt: undefined },
    used: ['tokenResponse.absent.expires_in'],
  })),
  {
    name: '#12: a refresh token that is null is none',
    declared: { absent: { refresh_token: [null] } },
    answer: { ...goodToken, refresh_token: null },
    token: { refreshToken: undefined },
    used: ['tokenResponse.absent.refresh_token'],
  },
  {
    name: '#12: a refresh token that is empty is none',
    declared: { absent: { refresh_token: [''] } },
    answer: { ...goodToken, refresh_token: '' },
    token: { refreshToken: undefined },
    used: ['tokenResponse.absent.refresh_token'],
  },
  {
    name: '#15: a scope that is an array',
    declared: { scopeArray: true },
    answer: { ...goodToken, scope: ['chat:read', 'chat:edit'] },
    token: { scope: ['chat:read', 'chat:edit'] },
    used: ['tokenResponse.scopeArray'],
  },
  {
    name: '#16: a scope that is null is the one that was asked for',
    declared: { absent: { scope: [null] } },
    answer: { ...goodToken, scope: null },
    token: { scope: ['read'] },
    used: ['tokenResponse.absent.scope'],
  },
  {
    name: '#24: another status of success',
    declared: { statuses: [201, 202] },
    answer: goodToken,
    reply: { status: 201 },
    used: ['tokenResponse.statuses'],
  },
  {
    name: '#25: a form',
    declared: { formEncoded: true },
    answer: {},
    reply: { json: undefined, form: { access_token: 'canary-form', token_type: 'bearer', expires_in: '3600' } },
    token: { accessToken: 'canary-form', ...soon },
    used: ['tokenResponse.formEncoded'],
  },
  {
    name: '#25: a form that is called text',
    declared: { formEncoded: true },
    answer: {},
    reply: { json: undefined, text: 'access_token=canary-form&token_type=bearer' },
    token: { accessToken: 'canary-form' },
    used: ['tokenResponse.formEncoded'],
  },
  {
    name: '#27: nested tokens',
    declared: {
      tokenType: 'Bearer',
      members: { access_token: 'authed_user.access_token', scope: 'authed_user.scope' },
    },
    answer: { ok: true, authed_user: { id: 'U1', access_token: 'canary-nested', scope: 'read' } },
    token: { accessToken: 'canary-nested', scope: ['read'], extra: { ok: true, authed_user: { id: 'U1' } } },
    used: ['tokenResponse.members.access_token', 'tokenResponse.members.scope', 'tokenResponse.tokenType'],
  },
  {
    name: '#28: a wrapped answer',
    declared: { envelope: 'body' },
    answer: { status: 0, body: { ...goodToken, userid: 42 } },
    token: { ...soon, extra: { userid: 42 } },
    used: ['tokenResponse.envelope'],
  },
  {
    name: '#29: renamed members',
    declared: {
      members: { access_token: 'token', refresh_token: 'refreshToken', expires_in: 'expiresAt' },
      expiresIn: { format: 'date' },
    },
    answer: {
      token: 'canary-renamed',
      refreshToken: 'canary-refresh',
      expiresAt: new Date(now + 3_600_000).toISOString(),
      token_type: 'Bearer',
    },
    token: { accessToken: 'canary-renamed', refreshToken: 'canary-refresh', ...soon, extra: {} },
    used: [
      'tokenResponse.members.access_token',
      'tokenResponse.members.refresh_token',
      'tokenResponse.members.expires_in',
      'tokenResponse.expiresIn.format',
    ],
  },
]

describe('is refused, and read where the definition declares it', () => {
  test.each(refused)('$name', async ({ declared, answer, reply, token: expected = {}, used }) => {
    const { undeclared, token, normalised } = await both(declared, { json: answer, ...reply })
    expect(undeclared).toMatchObject({ name: 'GrantError', action: 'report' })
    expect({ ...token }).toMatchObject(JSON.parse(JSON.stringify(expected)) as object)
    for (const [member, value] of Object.entries(expected))
      if (value === undefined) expect(token).not.toHaveProperty(member)
    expect(normalised).toEqual(used)
  })
})

/** Answers whose meaning is another one where the definition says so. */
const misread: readonly Row[] = [
  {
    name: '#7: a life in milliseconds',
    declared: { expiresIn: { format: 'milliseconds' } },
    answer: { ...goodToken, expires_in: 3_600_000 },
    token: soon,
    used: ['tokenResponse.expiresIn.format'],
  },
  {
    name: '#8: the end in seconds since the epoch',
    declared: { members: { expires_in: 'expires_at' }, expiresIn: { format: 'epoch_seconds' } },
    answer: { ...endless, expires_at: now / 1000 + 3600 },
    token: { ...soon, extra: {} },
    used: ['tokenResponse.members.expires_in', 'tokenResponse.expiresIn.format'],
  },
  {
    name: '#8: the end in milliseconds since the epoch, as a text',
    declared: { members: { expires_in: 'expires_at' }, expiresIn: { format: 'epoch_milliseconds' } },
    answer: { ...endless, expires_at: String(now + 3_600_000) },
    token: soon,
    used: ['tokenResponse.members.expires_in', 'tokenResponse.expiresIn.format'],
  },
  {
    name: '#9: a known life that no answer tells',
    declared: { expiresIn: { default: 3600 } },
    answer: endless,
    token: soon,
    used: ['tokenResponse.expiresIn.default'],
  },
  {
    name: '#11: the end of a refresh token, in days of the provider’s own',
    declared: { members: { refresh_token_expires_in: 'refresh_expires_at' }, refreshExpiresIn: { format: 'date' } },
    answer: { ...goodToken, refresh_expires_at: new Date(now + 86_400_000).toISOString() },
    token: { refreshExpiresAt: now + 86_400_000 },
    used: ['tokenResponse.members.refresh_token_expires_in', 'tokenResponse.refreshExpiresIn.format'],
  },
  {
    name: '#16: scopes with commas between them',
    declared: { scopeSeparator: ',' },
    answer: { ...goodToken, scope: 'repo,gist, user' },
    token: { scope: ['repo', 'gist', 'user'] },
    used: ['tokenResponse.scopeSeparator'],
  },
]

describe('means something else where the definition says so', () => {
  test.each(misread)('$name', async ({ declared, answer, token: expected = {}, used }) => {
    const { undeclared, token, normalised } = await both(declared, { json: answer })
    expect(token).toMatchObject(expected)
    expect(undeclared).not.toMatchObject(expected)
    expect(normalised).toEqual(used)
  })
})

describe('needs no word', () => {
  test.each(['BEARER', 'bEaReR'])('#3: token_type %s', async (token_type) => {
    const { login, normalised } = await deviant({ tokenResponse: { tokenType: 'Bearer' } }, [
      { json: { ...goodToken, token_type } },
    ])
    expect((await login()).tokenType).toBe('Bearer')
    expect(normalised()).toEqual([])
  })

  test('#4: expires_in as a text', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, expires_in: '3600' } }])
    expect((await login()).expiresAt).toBe(now + 3_600_000)
  })

  test('#11: refresh_token_expires_in', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, refresh_token_expires_in: 60 } }])
    expect((await login()).refreshExpiresAt).toBe(now + 60_000)
  })

  test('#13: a refresh whose answer has no refresh token', async () => {
    const { refresh } = await deviant({})
    expect((await refresh('canary-kept')).refreshToken).toBe('canary-kept')
  })

  test.each(['text/html', 'text/plain', 'application/octet-stream'])('#26: JSON that is called %s', async (type) => {
    const { login } = await deviant({}, [{ json: goodToken, headers: { 'content-type': type } }])
    expect((await login()).accessToken).toBe(goodToken['access_token'])
  })

  test('#49: a member that nobody knows is kept, and survives a refresh', async () => {
    const instance = { json: { ...goodToken, refresh_token: 'canary-1', instance_url: 'https://eu.acme.example' } }
    const { login, refresh } = await deviant({}, [instance, { json: goodToken }])
    expect((await refresh(await login())).extra).toEqual({ instance_url: 'https://eu.acme.example' })
  })

  test('#51: an ID token that nobody asked for is left unread', async () => {
    const { login } = await deviant({}, [{ json: { ...goodToken, id_token: 'canary-1.canary-2.canary-3' } }])
    expect((await login()).extra).toEqual({ id_token: 'canary-1.canary-2.canary-3' })
  })
})

describe('a declared deviation', () => {
  const everything: Declared = {
    tokenType: 'Bearer',
    formEncoded: true,
    statuses: [201],
    envelope: 'data',
    members: { access_token: 'a.token' },
    absent: { scope: [null] },
    scopeArray: true,
    scopeSeparator: ',',
    expiresIn: { default: 60 },
    error: { status: 200, code: 'errcode', success: [0] },
  }

  test('that is not used changes nothing, and is no event', async () => {
    const { login, normalised } = await deviant({ tokenResponse: everything }, [
      { json: { ...goodToken, scope: 'read', errcode: 0 } },
    ])
    expect(await login()).toMatchObject({ ...soon, scope: ['read'], extra: { errcode: 0 } })
    expect(normalised()).toEqual([])
  })

  test.each([
    ['an access token that is no text', { data: { a: { token: 7 }, token_type: 'Bearer' } }],
    ['an access token that no header carries', { a: { token: 'a\r\nb' }, token_type: 'Bearer' }],
    ['no access token at all', { data: { token_type: 'Bearer' } }],
    ['a scope of numbers', { ...goodToken, scope: [1] }],
    ['a refresh token that is no text', { ...goodToken, refresh_token: 1 }],
  ])('leaves every other check in place: %s', async (_name, json) => {
    const { login } = await deviant({ tokenResponse: everything }, [{ json }])
    expect((await errorOf(login())).code).toBe('token_response_invalid')
  })

  test.each([-5, 'tomorrow', '2026-13-45T00:00:00Z', null])(
    'leaves a date that is none refused: %j',
    async (expires_in) => {
      const { login } = await deviant({ tokenResponse: { expiresIn: { format: 'date' } } }, [
        { json: { ...goodToken, expires_in } },
      ])
      expect((await errorOf(login())).code).toBe('token_response_invalid')
    },
  )

  test('an end that has passed is now', async () => {
    const { login } = await deviant({ tokenResponse: { expiresIn: { format: 'epoch_seconds' } } }, [
      { json: { ...goodToken, expires_in: 5 } },
    ])
    expect((await login()).expiresAt).toBe(now)
  })

  test('nesting without end is refused, not overflowed', async () => {
    const text = `{"access_token":"canary","token_type":"Bearer","deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    const { login } = await deviant({ tokenResponse: everything }, [{ text }])
    expect((await errorOf(login())).code).toBe('token_response_invalid')
  })

  test('a rotated refresh token is not lost when the rest of the answer is refused', async () => {
    const { provider } = await deviant({ tokenResponse: { members: { refresh_token: 'next' } } }, [
      { json: { next: 'canary-next', token_type: 'Bearer' } },
    ])
    const { salvagedRefreshToken } = await import('../src/protocol/salvage.ts')
    const error = await errorOf(provider.grant(Refresh).requestToken('canary-old'))
    expect(salvagedRefreshToken(error)).toBe('canary-next')
  })

  test('is used by every grant, and the event says by which', async () => {
    const { provider, normalised } = await deviant({ tokenResponse: { tokenType: 'Bearer' } }, [{ json: untyped }])
    await provider.grant(ClientCredentials).requestToken()
    await provider.grant(Refresh).requestToken(Token.from({ accessToken: 'canary', refreshToken: 'canary-2' }))
    expect(normalised()).toEqual(['tokenResponse.tokenType', 'tokenResponse.tokenType'])
  })
})
