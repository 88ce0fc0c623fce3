import type { ProviderDefinition } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { goodToken } from '../support/scene.ts'

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
  readonly response: object
  readonly token?: object
  readonly used: readonly string[]
  readonly reply?: Reply
}

/** Responses that the strict core refuses, each read where the definition declares it. */
const refused: readonly Row[] = [
  {
    name: '#1: a missing token_type is Bearer',
    declared: { tokenType: 'Bearer' },
    response: untyped,
    token: { tokenType: 'Bearer' },
    used: ['tokenResponse.tokenType'],
  },
  {
    name: '#2: a token_type of the provider’s own is Bearer',
    declared: { tokenType: 'Bearer' },
    response: { ...goodToken, token_type: 'bot' },
    token: { tokenType: 'Bearer' },
    used: ['tokenResponse.tokenType'],
  },
  ...[null, '', 'never', -1].map((value) => ({
    name: `#5, #6: expires_in ${JSON.stringify(value)} says nothing`,
    declared: { absent: { expires_in: [null, '', 'never', -1] } },
    response: { ...goodToken, expires_in: value },
    token: { expiresAt: undefined },
    used: ['tokenResponse.absent.expires_in'],
  })),
  {
    name: '#12: a refresh token that is null is absent',
    declared: { absent: { refresh_token: [null] } },
    response: { ...goodToken, refresh_token: null },
    token: { refreshToken: undefined },
    used: ['tokenResponse.absent.refresh_token'],
  },
  {
    name: '#12: a refresh token that is empty is absent',
    declared: { absent: { refresh_token: [''] } },
    response: { ...goodToken, refresh_token: '' },
    token: { refreshToken: undefined },
    used: ['tokenResponse.absent.refresh_token'],
  },
  {
    name: '#15: a scope that is an array',
    declared: { scopeArray: true },
    response: { ...goodToken, scope: ['chat:read', 'chat:edit'] },
    token: { scope: ['chat:read', 'chat:edit'] },
    used: ['tokenResponse.scopeArray'],
  },
  {
    name: '#16: a scope that is null is the one that was requested',
    declared: { absent: { scope: [null] } },
    response: { ...goodToken, scope: null },
    token: { scope: ['read'] },
    used: ['tokenResponse.absent.scope'],
  },
  {
    name: '#24: another success status',
    declared: { statuses: [201, 202] },
    response: goodToken,
    reply: { status: 201 },
    used: ['tokenResponse.statuses'],
  },
  {
    name: '#25: a form',
    declared: { formEncoded: true },
    response: {},
    reply: { json: undefined, form: { access_token: 'canary-form', token_type: 'bearer', expires_in: '3600' } },
    token: { accessToken: 'canary-form', ...soon },
    used: ['tokenResponse.formEncoded'],
  },
  {
    name: '#25: a form with the content type of text',
    declared: { formEncoded: true },
    response: {},
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
    response: { ok: true, authed_user: { id: 'U1', access_token: 'canary-nested', scope: 'read' } },
    token: { accessToken: 'canary-nested', scope: ['read'], extra: { ok: true, authed_user: { id: 'U1' } } },
    used: ['tokenResponse.members.access_token', 'tokenResponse.members.scope', 'tokenResponse.tokenType'],
  },
  {
    name: '#28: a wrapped response',
    declared: { envelope: 'body' },
    response: { status: 0, body: { ...goodToken, userid: 42 } },
    token: { ...soon, extra: { userid: 42 } },
    used: ['tokenResponse.envelope'],
  },
  {
    name: '#29: renamed fields',
    declared: {
      members: { access_token: 'token', refresh_token: 'refreshToken', expires_in: 'expiresAt' },
      expiresIn: { format: 'date' },
    },
    response: {
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
  test.each(refused)('$name', async ({ declared, response, reply, token: expected = {}, used }) => {
    const { undeclared, token, normalised } = await both(declared, { json: response, ...reply })
    expect(undeclared).toMatchObject({ name: 'GrantError', action: 'report' })
    expect({ ...token }).toMatchObject(JSON.parse(JSON.stringify(expected)) as object)
    for (const [member, value] of Object.entries(expected))
      if (value === undefined) expect(token).not.toHaveProperty(member)
    expect(normalised).toEqual(used)
  })
})

/** Responses that mean something else where the definition says so. */
const misread: readonly Row[] = [
  {
    name: '#7: a lifetime in milliseconds',
    declared: { expiresIn: { format: 'milliseconds' } },
    response: { ...goodToken, expires_in: 3_600_000 },
    token: soon,
    used: ['tokenResponse.expiresIn.format'],
  },
  {
    name: '#8: the expiry in seconds since the epoch',
    declared: { members: { expires_in: 'expires_at' }, expiresIn: { format: 'epoch_seconds' } },
    response: { ...endless, expires_at: now / 1000 + 3600 },
    token: { ...soon, extra: {} },
    used: ['tokenResponse.members.expires_in', 'tokenResponse.expiresIn.format'],
  },
  {
    name: '#8: the expiry in milliseconds since the epoch, as a string',
    declared: { members: { expires_in: 'expires_at' }, expiresIn: { format: 'epoch_milliseconds' } },
    response: { ...endless, expires_at: String(now + 3_600_000) },
    token: soon,
    used: ['tokenResponse.members.expires_in', 'tokenResponse.expiresIn.format'],
  },
  {
    name: '#9: a known lifetime that no response contains',
    declared: { expiresIn: { default: 3600 } },
    response: endless,
    token: soon,
    used: ['tokenResponse.expiresIn.default'],
  },
  {
    name: '#11: the expiry of a refresh token, under a name of the provider’s own',
    declared: { members: { refresh_token_expires_in: 'refresh_expires_at' }, refreshExpiresIn: { format: 'date' } },
    response: { ...goodToken, refresh_expires_at: new Date(now + 86_400_000).toISOString() },
    token: { refreshExpiresAt: now + 86_400_000 },
    used: ['tokenResponse.members.refresh_token_expires_in', 'tokenResponse.refreshExpiresIn.format'],
  },
  {
    name: '#16: scopes with commas between them',
    declared: { scopeSeparator: ',' },
    response: { ...goodToken, scope: 'repo,gist, user' },
    token: { scope: ['repo', 'gist', 'user'] },
    used: ['tokenResponse.scopeSeparator'],
  },
]

describe('means something else where the definition says so', () => {
  test.each(misread)('$name', async ({ declared, response, token: expected = {}, used }) => {
    const { undeclared, token, normalised } = await both(declared, { json: response })
    expect(token).toMatchObject(expected)
    expect(undeclared).not.toMatchObject(expected)
    expect(normalised).toEqual(used)
  })
})
