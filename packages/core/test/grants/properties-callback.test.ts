import { fc, test } from '@fast-check/vitest'
import { Pkce, Provider, type Transaction } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { someTime } from '../support/clock.ts'
import { answering, valueOf } from '../support/offline-provider.ts'
import { json, secret, text } from '../support/random-input.ts'
import { goodToken } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('a callback', () => {
  // An error tells which issuer came, and what a server said of an error; of these only what is known to be secret is cut out.
  const names = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'id_token', 'x')
  const pair = names.chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(text, fc.constant('{state}'), ...(name === 'iss' || name.startsWith('error') ? [] : [secret])),
    ),
  )
  const parameters = fc.array(pair, { maxLength: 6 })
  const query = fc.oneof(
    fc
      .tuple(fc.constantFrom('?', '/cb?', 'https://app.example/cb?', 'com.example:/?', ''), parameters)
      .map(([start, list]) => start + String(new URLSearchParams(list))),
    text,
    text.map((value) => `?${value}`),
  )
  const shapes = fc.constantFrom(
    (value: string) => value,
    (value: string) => new URLSearchParams(value),
    (value: string) => new URL(`https://app.example/cb?${value.replace(/^.*\?/, '')}`),
    (value: string) => new Request('https://app.example/cb', { method: 'POST', body: new URLSearchParams(value) }),
  )

  test.prop([query, shapes], cases)('becomes a token or a GrantError', async (value, shape) => {
    const login = answering(() => Response.json(goodToken)).grant(Pkce)
    const { transaction } = await login.authorize()
    const callback = value.replaceAll('%7Bstate%7D', transaction.state)
    const token = await valueOf(() => login.requestToken(shape(callback), transaction))
    if (token) expect(callback).toContain(`state=${transaction.state}`)
  })

  const values = { text, secret, json, time: fc.oneof(fc.integer(), fc.constantFrom(someTime, someTime + 1, 1e300)) }
  const change = fc.record(
    {
      state: fc.oneof(values.text, values.json),
      codeVerifier: fc.oneof(values.text, values.secret, values.json),
      redirectUri: fc.oneof(values.text, values.json),
      scope: fc.oneof(fc.array(values.text), values.json),
      provider: fc.oneof(values.text, fc.constant('acme')),
      issuer: fc.oneof(values.text, fc.constant(metadata.issuer)),
      createdAt: fc.oneof(values.time, values.json),
      expiresAt: fc.oneof(values.time, values.json),
      nonce: values.json,
      maxAge: values.json,
      resource: values.json,
    },
    { requiredKeys: [] },
  )

  test.prop([fc.oneof(change, json)], cases)(
    'with a transaction that was tampered with becomes a token or a GrantError',
    async (tampered) => {
      const login = answering(() => Response.json(goodToken)).grant(Pkce)
      const { transaction } = await login.authorize()
      const stored = (typeof tampered === 'object' && tampered && !Array.isArray(tampered)
        ? { ...transaction, ...tampered }
        : tampered) as unknown as Transaction
      await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, stored))
    },
  )
})

describe('a redirect URI', () => {
  const uri = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc
      .tuple(
        fc.constantFrom(
          'https://app.example',
          'http://127.0.0.1:8888',
          'http://[::1]',
          'com.example.app:',
          'myapp:/',
          'http://localhost',
        ),
        text,
      )
      .map(([start, rest]) => `${start}/${rest}`),
    text,
    json,
  )

  test.prop([uri], cases)('is sent byte for byte as it is registered, or is a GrantError', async (redirectUri) => {
    const login = await valueOf(() =>
      new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: redirectUri as string }).grant(Pkce),
    )
    const begun = login && (await valueOf(() => login.authorize()))
    if (!begun) return
    const registered = [redirectUri].flat()[0]
    expect(begun.transaction.redirectUri).toBe(registered)
    expect(begun.url.searchParams.get('redirect_uri')).toBe(registered)
    expect(registered).not.toMatch(/[#\s]/)
  })
})
