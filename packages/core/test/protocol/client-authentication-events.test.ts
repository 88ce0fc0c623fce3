import { ClientCredentials, type ClientRegistration, type ProviderDefinition, Refresh, Token } from '@grantkit/core'
import { generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, errorOf, eventLog, scene } from '../support/scene.ts'

const secretJwt = { algorithm: 'ES256', audience: 'https://id.acme.example' } as const
const keyOf = async (algorithm: string) => (await generateKeyPair(algorithm)).privateKey
const signing = (privateKey: CryptoKey | string): ClientRegistration => ({
  clientId: 'cid',
  signingKey: { privateKey, keyId: 'KEY1', issuer: 'TEAM1' },
})

describe('a rule about client authentication emits no event where it changes nothing', () => {
  test.each<[string, ProviderDefinition['clientAuthentication']]>([
    ['raw credentials that would be encoded the same', { basicEncoding: 'raw' }],
    ['encoded credentials', { basicEncoding: 'form' }],
    ['what a client without a secret does, for one that has a secret', { withoutSecret: 'client_secret_basic' }],
  ])('%s', async (_, clientAuthentication) => {
    const { refresh, lastRequest, normalised } = await deviant({ clientAuthentication } as never)
    await refresh()
    const credentials = btoa(`cid:${String(confidential.clientSecret)}`)
    expect((await lastRequest()).headers['authorization']).toBe(`Basic ${credentials}`)
    expect(normalised()).toEqual([])
  })

  test('a secret that a key signs, for a client that shows none', async () => {
    const client = { ...signing(await keyOf('ES256')), authentication: 'none' } as const
    const { refresh, lastRequest, normalised } = await deviant(
      { clientAuthentication: { secretJwt } },
      undefined,
      client,
    )
    await refresh()
    expect((await lastRequest()).form).toEqual({
      client_id: 'cid',
      grant_type: 'refresh_token',
      refresh_token: 'canary-refresh-token',
    })
    expect(normalised()).toEqual([])
  })
})

test('the events of a revocation say that they are of one', async () => {
  const { provider, server } = await scene()
  const { events, onEvent } = eventLog()
  const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
  await server.reply('/revoke', { text: '' })
  const revocation = { tokens: 'access_token', authentication: 'client_secret_post' } as const
  const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })
  await provider(confidential, { metadata, revocation }, { onEvent }).revoke(token)
  expect(events.filter(({ type }) => type === 'normalised')).toMatchObject([
    { deviation: 'revocation.tokens', grantType: 'revocation' },
    { deviation: 'revocation.authentication', grantType: 'revocation' },
  ])
})

describe('an authentication that fails says so', () => {
  test('where the function of the client throws', async () => {
    const { provider, tokenRequests } = await scene()
    const authentication = () => {
      throw new Error('the key store is closed')
    }
    const error = await errorOf(provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken())
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'the authentication function of the client threw an error',
      cause: { message: 'the key store is closed' },
    })
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('where it authenticates in two ways', async () => {
    const { provider } = await scene()
    const authentication: ClientRegistration['authentication'] = ({ headers, body }) => {
      headers.set('authorization', 'Basic Y2lkOg==')
      body.set('client_assertion', 'canary-assertion')
    }
    const error = await errorOf(provider({ clientId: 'cid', authentication }).grant(Refresh).requestToken('canary'))
    expect(error.message).toBe(
      'the client authenticates in two ways at once: set only one of the Authorization header, client_secret and client_assertion (RFC 6749 §2.3)',
    )
  })

  test('where the key that signs the secret is a PEM with nonsense in it', async () => {
    const definition = { clientAuthentication: { method: 'client_secret_post', secretJwt } } as const
    const key = '-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----'
    const { refresh, server } = await deviant(definition, undefined, signing(key))
    const error = await errorOf(refresh())
    expect(error).toMatchObject({
      code: 'config_invalid',
      message:
        'signingKey.privateKey is not a valid ES256 key: write PKCS #8 in PEM, a private JSON Web Key or a CryptoKey',
      cause: expect.any(Error) as Error,
    })
    expect(await server.requests()).toHaveLength(0)
  })

  test.each([
    ['a string that is not a key', async () => 'canary-no-key', 'this is not a valid key'],
    ['a key of another kind', () => keyOf('RS256'), 'a key of the kind RSA is not for "ES256"'],
  ])('at once, where the key that signs the secret is %s', async (_, key, message) => {
    const definition = { clientAuthentication: { method: 'client_secret_post', secretJwt } } as const
    const error = await errorOf(deviant(definition, undefined, signing(await key())))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(message) as string })
  })
})
