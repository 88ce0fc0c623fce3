import { Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from './support/acme.ts'
import { withRedirectUri } from './support/configuration.ts'
import { errorOf, eventLog } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

describe('redirect URIs', () => {
  test.each([
    ['/cb', 'config_invalid', 'absolute'],
    ['app.example/cb', 'config_invalid', 'absolute'],
    [42, 'config_invalid', 'absolute'],
    [[42], 'config_invalid', 'absolute'],
    ['https://app.example/cb#f', 'config_invalid', 'write "https://app.example/cb"'],
    ['https://user:pw@app.example/cb', 'config_invalid', 'without "user:password@"'],
    ['https://app.example/a b', 'config_invalid', 'absolute'],
    ['javascript:alert(1)', 'config_invalid', 'use https'],
    ['data:text/html,x', 'config_invalid', 'use https'],
    ['http://app.example/cb', 'insecure_url', 'use "https://app.example/cb"'],
    ['http://192.168.1.2/cb', 'insecure_url', 'http://127.0.0.1:8888/cb'],
  ])('R6, R60: %j is %s', async (uri, code, advice) => {
    const error = await errorOf(withRedirectUri(uri))
    expect(error.code).toBe(code)
    expect(error.message).toContain(advice)
  })

  test.each(vectorsOf('native redirect URI'))('R53, R60: $name', async ({ input, expected }) => {
    const { events: warnings, onEvent } = eventLog()
    const make = () =>
      new Provider(
        { name: 'acme', metadata },
        { clientId: 'cid', redirectUri: String(input['redirect_uri']) },
        { onEvent },
      )
    const refused = await Promise.resolve()
      .then(make)
      .then(
        () => false,
        () => true,
      )
    expect({ recommended: !refused && warnings.length === 0 }).toEqual(expected)
  })

  test('R60: a scheme that another app can claim is an event that says what to use', () => {
    const { events, onEvent } = eventLog()
    new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: 'myapp://cb' }, { onEvent })
    expect(events).toMatchObject([
      { type: 'discouraged', provider: 'acme', message: expect.stringContaining('reversed domain') },
    ])
  })
})

describe('what a definition declares', () => {
  test.each([
    [{ localhost: 'refused' } as const, 'http://localhost:8888/cb?x=1', 'use "http://127.0.0.1:8888/cb?x=1"'],
    [{ localhost: 'refused' } as const, 'http://%6cocalhost:8888/cb', 'use "http://127.0.0.1:8888/cb"'],
    [{ localhost: 'refused' } as const, 'https://localhost/cb', 'use "https://127.0.0.1/cb"'],
    [{ loopback: 'refused' } as const, 'http://127.0.0.1:8888/cb', 'https'],
    [{ loopback: 'refused', localhost: 'refused' } as const, 'http://localhost:8888/cb', 'https'],
    [{ customScheme: 'refused' } as const, 'com.example.app:/cb', 'https'],
  ])('redirect URI rules are kept: %j', async (redirectUriRules, redirectUri, advice) => {
    const error = await errorOf(
      () => new Provider({ name: 'acme', metadata, redirectUri: redirectUriRules }, { clientId: 'cid', redirectUri }),
    )
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })

  test('what is refused is not suggested', async () => {
    const rules = { loopback: 'refused' } as const
    const error = await errorOf(
      () =>
        new Provider(
          { name: 'acme', metadata, redirectUri: rules },
          { clientId: 'cid', redirectUri: 'http://app.example/cb' },
        ),
    )
    expect(error.message).not.toContain('127.0.0.1')
  })
})
