import type { Token } from '@grantkit/core'
import type { LoginOutcome } from '@grantkit/core/node'
import { describe, expect, test } from 'vitest'
import { loopback } from '../../support/loopback.ts'
import { errorOf } from '../../support/scene.ts'

const attack = '<img src=x onerror=alert(1)>'

describe('the page that ends a login', () => {
  test.each<[string, Readonly<Record<string, string>>]>([
    ['a token', { code: 'canary-code' }],
    ['a denial', { error: 'access_denied', error_description: attack }],
    ['another error', { error: attack, error_description: attack }],
    ['no code', { what: attack }],
  ])(
    'R7, A55, NET-41: after %s, it runs nothing, loads nothing, reflects nothing and is not kept',
    async (_, parameters) => {
      const { begin } = await loopback()
      const { headers, body } = await (await begin()).comeBack(parameters)
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; style-src 'unsafe-inline'; img-src data:;/,
        ),
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        connection: 'close',
      })
      expect(body).not.toMatch(/<img|onerror|<script|https?:|canary/)
      expect(body).toMatch(/<html lang="en">[^]*name="viewport"[^]*color-scheme: light dark/)
    },
  )

  test('A55: the name of a provider is escaped', async () => {
    const { begin } = await loopback({ definition: { name: attack } })
    const { body } = await (await begin()).comeBack()
    expect(body).not.toContain('<img')
    expect(body).toContain('&#60;img src=x onerror=alert(1)&#62;')
  })

  test.each([
    ['authorization_denied', { error: 'access_denied' }, [], 'Access was not granted'],
    ['authorization_error', { error: 'server_error' }, [], 'The login failed'],
    ['token_error', { code: 'canary-code' }, [{ status: 400, json: { error: 'invalid_grant' } }], 'The login failed'],
    ['rate_limited', { code: 'canary-code' }, [{ status: 429 }], 'too many attempts'],
    ['network_error', { code: 'canary-code' }, [{ reset: true }], 'cannot be reached'],
  ])(
    'tells the truth about %s, in words of its own',
    async (code, parameters: object, replies: readonly object[], heading) => {
      const { begin } = await loopback({ replies })
      const login = await begin()
      const { status, body } = await login.comeBack(parameters as Readonly<Record<string, string>>)
      expect([status, body]).toEqual([400, expect.stringContaining(heading)])
      expect(body).toContain(`<code>${code}</code>`)
      expect((await errorOf(login.token)).code).toBe(code)
    },
  )
})

describe('a page of your own', () => {
  test('gets the token, or the error', async () => {
    const { begin } = await loopback()
    const outcomes: LoginOutcome[] = []
    const page = (outcome: LoginOutcome): string => {
      outcomes.push(outcome)
      return 'token' in outcome ? '<h1>Welcome</h1>' : `<h1>${outcome.error.code}</h1>`
    }
    const [good, bad] = [await begin({ page }), await begin({ page })]
    expect((await good.comeBack()).body).toBe('<h1>Welcome</h1>')
    const { status, body, headers } = await bad.comeBack({ error: 'access_denied' })
    expect([status, body]).toEqual([400, '<h1>authorization_denied</h1>'])
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(outcomes).toEqual([{ token: await good.token }, { error: await errorOf(bad.token) }])
  })

  test.each<[string, (outcome: { readonly token: Token }) => string]>([
    [
      'throws',
      () => {
        throw new Error('no template')
      },
    ],
    ['is not a string', () => 42 as never],
  ])('that %s does not change how the login came out', async (_, page) => {
    const { begin } = await loopback()
    const login = await begin({ page: page as never })
    expect((await login.comeBack()).body).toContain('You are logged in')
    await login.token
  })
})
