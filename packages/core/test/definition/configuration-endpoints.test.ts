import { ClientCredentials, Pkce, Provider, type ProviderOptions } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { client, withMetadata } from '../support/configuration.ts'
import { errorOf } from '../support/scene.ts'

describe('the endpoints of a provider', () => {
  test.each([
    [{ token_endpoint: undefined }, 'metadata_invalid', 'needs a token_endpoint'],
    [{ token_endpoint: '/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: '//id.acme.example/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 42 }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: '' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: ' https://id.acme.example/token' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: `https://id.acme.example/${'x'.repeat(9000)}` }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 'https://id.acme.example/token#x' }, 'metadata_invalid', 'without "#…"'],
    [{ token_endpoint: 'https://id.acme.example/token#' }, 'metadata_invalid', 'without "#…"'],
    [{ token_endpoint: 'https://user:canary@id.acme.example/token' }, 'metadata_invalid', 'without "user:password@"'],
    [{ authorization_endpoint: 'javascript:alert(1)' }, 'metadata_invalid', 'https'],
    [{ authorization_endpoint: 'data:text/html,x' }, 'metadata_invalid', 'https'],
    [{ authorization_endpoint: 'ftp://id.acme.example/a' }, 'metadata_invalid', 'https'],
    [{ jwks_uri: 'file:///etc/keys' }, 'metadata_invalid', 'https'],
    [{ revocation_endpoint: 'nonsense' }, 'metadata_invalid', 'absolute'],
    [{ token_endpoint: 'http://id.acme.example/token' }, 'insecure_url', 'use https'],
    [{ authorization_endpoint: 'http://192.168.1.2/authorize' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://localhost.acme.example/token' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://127.0.0.1.acme.example/token' }, 'insecure_url', 'use https'],
    [{ token_endpoint: 'http://[::ffff:127.0.0.1]/token' }, 'insecure_url', 'use https'],
    [{ authorization_endpoint: 'https://id.acme.example/a?client_id=evil' }, 'config_invalid', '"client_id"'],
    [{ token_endpoint: 'https://id.acme.example/token?grant_type=x' }, 'config_invalid', '"grant_type"'],
    [{ issuer: 'https://id.acme.example/?x=1' }, 'metadata_invalid', 'no query'],
    [{ issuer: 'acme' }, 'metadata_invalid', 'absolute'],
    [{ issuer: 'http://id.acme.example' }, 'insecure_url', 'use https'],
    [{ token_endpoint_auth_methods_supported: 'client_secret_post' }, 'metadata_invalid', 'array of strings'],
    [{ code_challenge_methods_supported: [1] }, 'metadata_invalid', 'array of strings'],
  ])('%j is %s', async (changes, code, advice) => {
    const error = await errorOf(withMetadata(changes))
    expect(error.code).toBe(code)
    expect(error.action).toBe('fix_configuration')
    expect(error.message).toContain(advice)
  })

  test.each([
    ['token_endpoint', 'https://id.acme.example/token#x'],
    ['token_endpoint', 'https://id.acme.example/token#'],
    ['authorization_endpoint', 'https://id.acme.example/authorize#x'],
    ['jwks_uri', 'https://id.acme.example/keys#x'],
    ['issuer', 'https://id.acme.example#x'],
  ])('R5: a fragment in %s is refused: %s', async (member, url) => {
    expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('metadata_invalid')
  })

  test.each(['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'vbscript:x', 'mailto:a@b.example'])(
    'R61, A21, G40: an endpoint with the scheme of %s is refused',
    async (url) => {
      for (const member of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'revocation_endpoint'])
        expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('metadata_invalid')
    },
  )

  test('R61: what would mean something to a shell reaches the URL as it is written', async () => {
    const authorization_endpoint = 'https://id.acme.example/authorize?x=1&calc;$(id)`id`'
    const login = new Provider({ name: 'acme', metadata: { ...metadata, authorization_endpoint } }, client).grant(Pkce)
    const { url } = await login.authorize()
    expect(url.searchParams.get('calc;$(id)`id`')).toBe('')
    expect(url.href).not.toContain(' ')
  })

  test.each([
    ['https://id.acme.example/a?client_id=x', 'authorization_endpoint'],
    ['https://id.acme.example/a?state=x', 'authorization_endpoint'],
    ['https://id.acme.example/a?code_challenge=x', 'authorization_endpoint'],
    ['https://id.acme.example/t?client_secret=x', 'token_endpoint'],
    ['https://id.acme.example/t?grant_type=x', 'token_endpoint'],
    ['https://id.acme.example/r?token=x', 'revocation_endpoint'],
  ])('R4, G23: a parameter of the protocol in the query of an endpoint is refused: %s', async (url, member) => {
    expect((await errorOf(withMetadata({ [member]: url }))).code).toBe('config_invalid')
  })

  test.each([
    'http://id.acme.example/token',
    'http://10.0.0.1/token',
    'http://127.0.0.1.acme.example/token',
    'http://localhost.acme.example/token',
  ])('R34, R202, A70: %s is refused, and the message names the one option for a container network', async (url) => {
    const make = (options: ProviderOptions) => () =>
      new Provider({ name: 'acme', metadata: { ...metadata, token_endpoint: url } }, client, options)
    const error = await errorOf(make({ privateAddresses: 'allowed', httpHosts: ['other:80'] }))
    expect(error).toMatchObject({ code: 'insecure_url', message: expect.stringContaining('httpHosts') as string })
    for (const loose of [{ allowInsecureRequests: true }, { insecure: true }] as readonly object[])
      expect((await errorOf(make(loose))).code).toBe('config_invalid')
  })

  test('A35: an https issuer whose token endpoint is http is refused', async () => {
    const error = await errorOf(withMetadata({ token_endpoint: 'http://id.acme.example/token' }))
    expect(error.code).toBe('insecure_url')
  })

  test.each([
    'http://127.0.0.1:1/token',
    'http://127.255.0.1/token',
    'http://[::1]:1/token',
    'http://localhost:1/token',
    'http://0x7f000001/token',
    'https://id.acme.example/token?tenant=1',
  ])('R34: %s is fine', (token_endpoint) => expect(withMetadata({ token_endpoint })).not.toThrow())

  test('R4: a query of the authorization endpoint stays, and each parameter stands once', async () => {
    const provider = new Provider(
      {
        name: 'acme',
        metadata: { ...metadata, authorization_endpoint: `${metadata.authorization_endpoint}?tenant=1` },
      },
      client,
    )
    const { url } = await provider.grant(Pkce).authorize()
    expect(url.searchParams.getAll('tenant')).toEqual(['1'])
    expect(new Set(url.searchParams.keys()).size).toBe([...url.searchParams.keys()].length)
  })

  test('without an authorization endpoint, grants without a user work', async () => {
    const provider = new Provider({ name: 'acme', metadata: { token_endpoint: metadata.token_endpoint } }, client)
    expect((await errorOf(provider.grant(Pkce).authorize())).message).toContain('authorization_endpoint')
    expect(provider.grant(ClientCredentials)).toBeInstanceOf(ClientCredentials)
  })
})
