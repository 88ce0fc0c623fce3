import { inspect } from 'node:util'
import { Token } from '@grantkit/core'
import { expect, test } from 'vitest'

test('an inspected token shows what it has, and in place of what may be a secret that it has it', () => {
  const token = new Token({
    accessToken: 'canary-at',
    refreshToken: 'canary-rt',
    scope: ['read'],
    requestedScope: ['read', 'write'],
    expiresAt: 1_800_000_000_005,
    refreshExpiresAt: 1_800_000_000_006,
    authorizedAt: 1_800_000_000_004,
    idToken: 'canary-it',
    claims: { sub: 'ada' },
    extra: { user_id: 'canary-id', other_token: { value: 'canary-ot' } },
  })
  const shown = inspect(token, { breakLength: Infinity, compact: true })
  expect(shown).toMatch(/^Token \{.*\}$/)
  expect(shown).toContain(`extra: { user_id: '[redacted]', other_token: '[redacted]' }`)
  for (const secret of ['accessToken', 'refreshToken', 'idToken']) expect(shown).toContain(`${secret}: '[redacted]'`)
  for (const plain of [
    `tokenType: 'Bearer'`,
    `scope: [ 'read' ]`,
    `requestedScope: [ 'read', 'write' ]`,
    'expiresAt: 1800000000005',
    'refreshExpiresAt: 1800000000006',
    'authorizedAt: 1800000000004',
    `claims: { sub: 'ada' }`,
  ])
    expect(shown).toContain(plain)
  expect(shown).not.toContain('canary')
})

test('an inspected token without extras has none', () => {
  expect(inspect(new Token({ accessToken: 'canary-at' }))).toContain('extra: {}')
})
