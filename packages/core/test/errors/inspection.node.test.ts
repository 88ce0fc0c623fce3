import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { GrantError, Provider, Token } from '@grantkit/core'
import { expect, test } from 'vitest'

const token = new Token({
  accessToken: 'canary-at',
  refreshToken: 'canary-rt',
  idToken: 'canary-it',
  scope: ['read'],
  expiresAt: 1_800_000_000_005,
  extra: { other_token: 'canary-ot', nested: { token: 'canary-nt' } },
})
const metadata = { token_endpoint: 'https://id.acme.example/token' }
const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid', clientSecret: 'canary-cs' })
const deep = { depth: 20, showHidden: true, getters: true } as const

test.each([
  ['a token', token],
  ['an object that holds one', { user: { token } }],
  ['a list of them', [token]],
  ['a provider', provider],
  [
    'an error whose cause named one',
    new GrantError('token_error', 'canary-at', {
      cause: new Error('canary-rt', { cause: new Error('canary-cs') }),
      secrets: ['canary-at', 'canary-rt', 'canary-cs'],
    }),
  ],
])('A15: inspecting %s shows no secret', (_, value) => {
  for (const shown of [inspect(value), inspect(value, deep), String(value)]) expect(shown).not.toMatch(/canary/)
})

test('inspecting a token shows what is none', () => {
  expect(inspect(token)).toContain(`scope: [ 'read' ]`)
  expect(inspect(token)).toContain('expiresAt: 1800000000005')
  expect(inspect(token)).toContain(`accessToken: '[redacted]'`)
  expect(inspect(provider)).toContain(`name: 'acme'`)
})

test('A15: console.log shows no secret', () => {
  const written: string[] = []
  const stdout = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk))
      done()
    },
  })
  new Console(stdout).log(token, provider, `${token}`)
  expect(written.join('')).toContain('[redacted]')
  expect(written.join('')).not.toMatch(/canary/)
})

test('A15: the JSON of a provider has no secret', () => {
  expect(JSON.stringify(provider)).not.toContain('canary-cs')
})
