import { Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { withRedirectUri } from '../support/configuration.ts'
import { errorOf, eventLog } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

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

  test.each([
    ['localhost:3000/callback', 'http://localhost:3000/callback'],
    ['localhost:3000', 'http://localhost:3000'],
    ['127.0.0.1:8888/callback', 'http://127.0.0.1:8888/callback'],
    ['[::1]:8888/callback', 'http://[::1]:8888/callback'],
    ['app.example:443/cb', 'https://app.example:443/cb'],
    ['app.example:8443/cb?a=1', 'https://app.example:8443/cb?a=1'],
    ['my-host:8080/cb', 'https://my-host:8080/cb'],
  ])('%s has a host where the scheme should be: write %s', async (uri, complete) => {
    for (const redirectUri of [uri, ['https://app.example/cb', uri]])
      expect(await errorOf(withRedirectUri(redirectUri))).toMatchObject({
        code: 'config_invalid',
        message: `the redirect URI "${uri}" has no scheme: write "${complete}"`,
      })
  })

  test.each(['com.example.app:/cb', 'com.example.app:cb', 'com.example.app://12/cb'])(
    '%s has a scheme of its own',
    (uri) => expect(withRedirectUri(uri)).not.toThrow(),
  )

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

test('a provider tells the redirect URIs of its client, the first of which is the default', () => {
  const redirectUris = ['https://app.example/cb', 'http://127.0.0.1/cb']
  const make = (redirectUri?: string | readonly string[]) =>
    new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri }).redirectUris
  expect(make(redirectUris)).toEqual(redirectUris)
  expect(Object.isFrozen(make(redirectUris))).toBe(true)
  expect(make('https://app.example/cb')).toEqual(['https://app.example/cb'])
  expect(make()).toEqual([])
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
