import { fc, test } from '@fast-check/vitest'
import { ClientCredentials, Pkce, Provider, Refresh, Token } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { someTime } from '../support/clock.ts'
import { answering, clock, valueOf } from '../support/offline-provider.ts'
import { rs256 } from '../support/openid.ts'
import { document, json, secret, text } from '../support/random-input.ts'
import { clientSecret, goodToken, publicClient } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('a token response', () => {
  const member = fc.oneof({ weight: 3, arbitrary: secret }, { weight: 1, arbitrary: json })
  const answer = document({
    access_token: member,
    token_type: fc.oneof(fc.constantFrom('Bearer', 'bearer', 'DPoP', 'mac', 'N_A'), json),
    expires_in: fc.oneof(fc.constantFrom(3600, '3600', -1, '1e9', 9e15, 0.5, null), json),
    refresh_token: member,
    refresh_token_expires_in: json,
    scope: fc.oneof(fc.constantFrom('a b', '', ' ', 'a"b'), json),
    id_token: member,
    error: fc.oneof(fc.constantFrom('invalid_grant', 'invalid_client', 'slow_down'), json),
    error_description: fc.oneof(text, fc.constant('bad {sent}')),
    error_uri: text,
  })
  const form = fc.record({ access_token: secret, token_type: text, error: text, x: secret }, { requiredKeys: [] })
  const body = fc.oneof(
    answer,
    form.map((value) => String(new URLSearchParams(value as Record<string, string>))),
    text,
    text.map((rest) => `\uFEFF${rest}`),
  )
  const status = fc.constantFrom(200, 200, 200, 201, 202, 400, 401, 403, 404, 429, 500, 503, 599)
  const header = fc.string({ unit: fc.constantFrom(...'aB="\\, \té1'), maxLength: 30 })
  const headers = fc.record(
    {
      'content-type': fc.constantFrom('application/json', 'text/html', 'application/x-www-form-urlencoded', ''),
      'www-authenticate': fc.oneof(header, fc.constant('Bearer error="x", error_description="bad {sent}"')),
      'retry-after': fc.oneof(header, fc.constantFrom('1', '99999999999999999999', 'Fri, 15 Jan 2027 08:00:00 GMT')),
    },
    { requiredKeys: [] },
  )

  test.prop([status, headers, body, fc.boolean()], cases)(
    'becomes a token or a GrantError',
    async (code, fields, content, refreshing) => {
      const echo = (part: string) => part.replaceAll('{sent}', refreshing ? 'canary-refresh-token' : clientSecret)
      const echoed = Object.entries(fields).map(([name, value]) => [name, echo(value)] as [string, string])
      const provider = answering(() => new Response(echo(content), { status: code, headers: echoed }))
      const token = await valueOf(() =>
        refreshing
          ? provider.grant(Refresh).requestToken('canary-refresh-token')
          : provider.grant(ClientCredentials).requestToken(),
      )
      if (!token) return
      expect(code).toBe(200)
      expect(token.accessToken).toMatch(/^[!-~]+$/)
      expect(['Bearer', 'N_A']).toContain(token.tokenType)
      expect(token.expiresAt ?? someTime).toBeGreaterThanOrEqual(someTime)
      expect(Object.isFrozen(token.extra)).toBe(true)
      expect((Object.assign({}, token.extra) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
      expect(Token.from(JSON.stringify(token))).toEqual(token)
    },
  )
})

describe('an ID token', () => {
  const part = json.map((value) => btoa(JSON.stringify(value).replaceAll(/[^\u0000-\u00FF]/g, '?')).replaceAll('=', ''))
  const header = fc
    .record(
      {
        alg: fc.oneof(fc.constantFrom('RS256', 'none', 'HS256', 'ES256'), json),
        kid: fc.oneof(fc.constant('k1'), json),
        typ: json,
        crit: json,
        b64: json,
      },
      { requiredKeys: [] },
    )
    .map((value) => btoa(JSON.stringify(value).replaceAll(/[^\u0000-\u00FF]/g, '?')).replaceAll('=', ''))
  const forged = fc.oneof(
    fc.tuple(header, part, part).map((parts) => parts.join('.')),
    fc.array(part).map((parts) => parts.join('.')),
    json,
  )

  let id_token: unknown
  const keys = 'https://id.acme.example/keys'
  const login = new Provider({ name: 'acme', metadata: { ...metadata, jwks_uri: keys } }, publicClient, {
    clock,
    fetch: async (input) => Response.json(input === keys ? { keys: [rs256.jwk] } : { ...goodToken, id_token }),
  }).grant(Pkce)

  test.prop([forged], cases)('that the provider did not sign is a GrantError', async (value) => {
    id_token = value
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const token = await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(token).toBeUndefined()
  })
})
