import { fc, test } from '@fast-check/vitest'
import { ClientCredentials, Pkce, Token } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { checkScope } from '../../src/token/scope.ts'
import { cases } from '../support/cases.ts'
import { answering, valueOf } from '../support/offline-provider.ts'
import { document, json, secret, text } from '../support/random-input.ts'
import { goodToken } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('scopes', () => {
  const valid = fc.string({ unit: fc.constantFrom(...'abcXYZ019:/.-_~!#[]{}|,'), minLength: 1 })

  test.prop([fc.oneof(fc.array(text), fc.array(json), json)], cases)(
    'are a list without repetition, or a GrantError',
    async (scope) => {
      const checked = await valueOf(() => checkScope(scope as never))
      if (!checked) return
      expect(new Set(checked).size).toBe(checked.length)
      for (const item of checked) expect(item).toMatch(/^[!#-[\]-~]+$/)
    },
  )

  test.prop([fc.uniqueArray(valid, { minLength: 1 })], cases)(
    'that are valid reach the URL, and come back from a response, as they are',
    async (scope) => {
      const provider = answering(() => Response.json({ ...goodToken, scope: scope.join(' ') }))
      const { url } = await provider.grant(Pkce).authorize({ scope })
      expect(url.searchParams.get('scope')?.split(' ')).toEqual(scope)
      if (scope.includes('openid')) return
      expect((await provider.grant(ClientCredentials).requestToken({ scope })).scope).toEqual(scope)
    },
  )
})

describe('a token', () => {
  const list = fc.array(text)
  const values = fc.dictionary(text, json, { maxKeys: 3 })
  const members = fc.record(
    {
      accessToken: fc.oneof(fc.constant('canary-access-token'), text),
      tokenType: fc.oneof(fc.constantFrom('bearer', 'DPOP', 'N_A'), text),
      scope: list,
      requestedScope: list,
      expiresAt: fc.oneof(fc.integer(), fc.double()),
      refreshExpiresAt: fc.oneof(fc.integer(), json),
      authorizedAt: fc.integer(),
      refreshToken: fc.oneof(fc.constant('canary-refresh-token'), text),
      idToken: fc.constant('canary.id.token'),
      claims: values,
      extra: fc.oneof(values, json),
      fromALaterVersion: json,
    },
    { requiredKeys: ['accessToken'] },
  )

  test.prop([fc.oneof(members, json)], cases)(
    'of any members is one that survives JSON, or a GrantError',
    async (given) => {
      const token = await valueOf(() => new Token(given as never))
      if (!token) return
      const again = Token.from(JSON.stringify(token))
      expect(JSON.stringify(again)).toBe(JSON.stringify(token))
      expect(again).toEqual(JSON.parse(JSON.stringify(token)))
      expect(Object.isFrozen(token.extra) && Object.isFrozen(token.scope)).toBe(true)
      expect(String(token)).not.toContain('canary')
    },
  )

  test.prop(
    [
      fc.oneof(
        text,
        members.map((value) => JSON.stringify(value)),
        document({ accessToken: secret, scope: json }),
      ),
    ],
    cases,
  )('that was stored is one again, or a GrantError', async (stored) => {
    const token = await valueOf(() => Token.from(stored))
    if (token) expect(token.accessToken).toMatch(/^[!-~]+$/)
  })
})
