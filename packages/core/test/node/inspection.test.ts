import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { inspect } from 'node:util'
import { GrantError, Provider, Token } from '@grantkit/core'
import { expect, test } from 'vitest'

const token = new Token({
  accessToken: 'at-secret',
  refreshToken: 'rt-secret',
  idToken: 'it-secret',
  scope: ['read'],
  expiresAt: 5,
  extra: { other_token: 'ot-secret', nested: { token: 'nt-secret' } },
})
const metadata = { token_endpoint: 'https://id.acme.example/token' }
const provider = new Provider({ name: 'acme', metadata }, { clientId: 'cid', clientSecret: 'cs-secret' })
const deep = { depth: 20, showHidden: true, getters: true } as const

test.each([
  ['a token', token],
  ['an object that holds one', { user: { token } }],
  ['a list of them', [token]],
  ['a provider', provider],
  [
    'an error whose cause named one',
    new GrantError('token_error', 'at-secret', {
      cause: new Error('rt-secret', { cause: new Error('cs-secret') }),
      secrets: ['at-secret', 'rt-secret', 'cs-secret'],
    }),
  ],
])('inspecting %s shows no secret', (_, value) => {
  for (const shown of [inspect(value), inspect(value, deep), String(value)]) expect(shown).not.toMatch(/-secret/)
})

test('inspecting a token shows what is none', () => {
  expect(inspect(token)).toContain(`scope: [ 'read' ]`)
  expect(inspect(token)).toContain('expiresAt: 5')
  expect(inspect(token)).toContain(`accessToken: '[redacted]'`)
  expect(inspect(provider)).toContain(`name: 'acme'`)
})

test('console.log shows no secret', () => {
  const written: string[] = []
  const stdout = new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk))
      done()
    },
  })
  new Console(stdout).log(token, provider, `${token}`)
  expect(written.join('')).toContain('[redacted]')
  expect(written.join('')).not.toMatch(/-secret/)
})

test('the JSON of a provider has no secret', () => {
  expect(JSON.stringify(provider)).not.toContain('cs-secret')
})
