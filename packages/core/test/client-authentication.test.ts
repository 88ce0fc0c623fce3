import { ClientCredentials, type ClientRegistration, Pkce, type ProviderDefinition, Refresh } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { basicCredentials, formEncode } from '../src/protocol/client-authentication.ts'
import { confidential, errorOf, publicClient, redirectUri, scene } from './support/scene.ts'
import { vectorsOf } from './support/vectors.ts'

describe('5.2 Basic header', () => {
  test.each([
    [
      '2bfe9d72a4aae8f06a31025b7536be80',
      '9d667c2b7fae7a329f32b6df17926154',
      'Basic MmJmZTlkNzJhNGFhZThmMDZhMzEwMjViNzUzNmJlODA6OWQ2NjdjMmI3ZmFlN2EzMjlmMzJiNmRmMTc5MjYxNTQ=',
    ],
    [
      'b777292af0def22f9257991fc770b520',
      '6a0419f43d0aa93b2ae881429b6b9bc2',
      'Basic Yjc3NzI5MmFmMGRlZjIyZjkyNTc5OTFmYzc3MGI1MjA6NmEwNDE5ZjQzZDBhYTkzYjJhZTg4MTQyOWI2YjliYzI=',
    ],
    ['cid', 'sec', 'Basic Y2lkOnNlYw=='],
  ])('%s:%s', (id, secret, header) => {
    expect(basicCredentials(id, secret)).toBe(header)
    expect(basicCredentials(id, secret, 'raw')).toBe(header)
  })

  test('special characters are form-encoded, or sent as they are where the provider declares raw', () => {
    expect(basicCredentials('cid', 's ec:ret')).toBe(`Basic ${btoa('cid:s+ec%3Aret')}`)
    expect(basicCredentials('cid', 's ec:ret', 'raw')).toBe('Basic Y2lkOnMgZWM6cmV0')
  })

  test('unreserved characters are left alone, since most servers do not decode', () => {
    const unreserved = 'ABCXYZabcxyz0189-._~*'
    expect(formEncode(unreserved)).toBe(unreserved)
    expect(formEncode(`!'()`)).toBe('%21%27%28%29')
  })

  test('a secret that is not ASCII does not throw', () => {
    expect(basicCredentials('cid', 'pässwörd€')).toBe(`Basic ${btoa('cid:p%C3%A4ssw%C3%B6rd%E2%82%AC')}`)
  })
})

describe('vectors', () => {
  test.each(vectorsOf('client_secret_basic header'))('$name', ({ input, expected }) => {
    expect(basicCredentials(input['client_id'] as string, input['client_secret'] as string)).toBe(expected)
  })

  test.each(vectorsOf('client_secret_basic with reserved'))('$name', ({ input, expected }) => {
    const { userpass, decodes_back } = expected as { userpass: string; decodes_back: string[] }
    const sent = atob(
      basicCredentials(input['client_id'] as string, input['client_secret'] as string).slice('Basic '.length),
    )
    expect(sent).toBe(userpass)
    expect(sent.split(':').map((half) => new URLSearchParams(`v=${half}`).get('v'))).toEqual(decodes_back)
  })

  test.each(vectorsOf('form-urlencoded octets'))('$name', ({ input, expected }) => {
    const octets = (expected as string).split(' ')
    const decoded = new URLSearchParams(`v=${formEncode(input['value'] as string)}`).get('v') ?? ''
    expect(
      [...new TextEncoder().encode(decoded)].map((octet) => octet.toString(16).toUpperCase().padStart(2, '0')),
    ).toEqual(octets)
  })

  test.each(vectorsOf('refresh request with body credentials'))('$name', async ({ input, expected }) => {
    const { provider, lastRequest } = await scene()
    const client = {
      clientId: String(input['client_id']),
      clientSecret: String(input['client_secret']),
      authentication: 'client_secret_post',
    } as const
    await provider(client).grant(Refresh).requestToken(String(input['refresh_token']))
    expect((await lastRequest()).form).toEqual(Object.fromEntries(new URLSearchParams(expected as string)))
  })
})

/** How a client authenticated: what stood in the header, and which credentials in the body. */
async function authenticationOf(client: ClientRegistration, definition: Partial<ProviderDefinition> = {}) {
  const { provider, lastRequest } = await scene()
  await provider(client, definition).grant(ClientCredentials).requestToken()
  const { headers, form = {}, url } = await lastRequest()
  expect(url).not.toContain('sec')
  return { header: headers['authorization'], id: form['client_id'], secret: form['client_secret'] }
}

const basic = { header: 'Basic Y2lkOnNlYw==', id: undefined, secret: undefined }
const post = { header: undefined, id: 'cid', secret: 'sec' }
const none = { header: undefined, id: 'cid', secret: undefined }
const listing = (...methods: string[]) => ({ metadata: { token_endpoint_auth_methods_supported: methods } as never })

describe('the method, when none is asked for', () => {
  test('with a secret, and nothing listed, is Basic', async () =>
    expect(await authenticationOf(confidential)).toEqual(basic))
  test('with a secret, and Basic listed, is Basic', async () =>
    expect(await authenticationOf(confidential, listing('client_secret_post', 'client_secret_basic'))).toEqual(basic))
  test('with a secret, and only post listed, is post', async () =>
    expect(await authenticationOf(confidential, listing('private_key_jwt', 'client_secret_post'))).toEqual(post))
  test('with a secret, and post declared by the preset, is post', async () =>
    expect(await authenticationOf(confidential, { clientAuthentication: { method: 'client_secret_post' } })).toEqual(
      post,
    ))
  test('without a secret is none', async () => expect(await authenticationOf(publicClient)).toEqual(none))
  test('E-21: with an empty secret is none', async () =>
    expect(await authenticationOf({ ...confidential, clientSecret: '' })).toEqual(none))
})

describe('the method that is asked for', () => {
  test.each([
    ['client_secret_basic', basic],
    ['client_secret_post', post],
    ['none', none],
  ] as const)('%s is the only one used', async (authentication, expected) => {
    expect(await authenticationOf({ ...confidential, authentication }, listing('client_secret_post'))).toEqual(expected)
  })

  test('a function of your own sees the request and adds to it', async () => {
    const { provider, lastRequest, server } = await scene()
    const client: ClientRegistration = {
      clientId: 'cid',
      redirectUri,
      authentication: async ({ url, headers, body, clientId }) => {
        headers.set('x-signature', `${url.pathname} ${body.get('grant_type')}`)
        body.set('client_key', clientId)
      },
    }
    await provider(client).grant(ClientCredentials).requestToken()
    const { headers, form } = await lastRequest()
    expect(headers['x-signature']).toBe('/token client_credentials')
    expect(form).toEqual({ grant_type: 'client_credentials', client_key: 'cid' })
    expect(await server.requests()).toHaveLength(1)
  })

  test('a function that fails sends nothing, and says so', async () => {
    const { provider, tokenRequests } = await scene()
    const authentication = () => {
      throw new Error('the key store is closed')
    }
    const error = await errorOf(provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken())
    expect(error.code).toBe('config_invalid')
    expect((error.cause as Error).message).toBe('the key store is closed')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    [{ clientId: 'cid', authentication: 'client_secret_basic' as const }, {}, 'needs a clientSecret'],
    [{ clientId: 'cid', clientSecret: 's', authentication: 'basic' as never }, {}, `'client_secret_basic'`],
    [confidential, listing('private_key_jwt'), 'takes no client secret'],
    [
      { clientId: 'a:b', clientSecret: 's' },
      { clientAuthentication: { basicEncoding: 'raw' } as const },
      'use client_secret_post',
    ],
    [
      { clientId: 'a', clientSecret: 'é' },
      { clientAuthentication: { basicEncoding: 'raw' } as const },
      'use client_secret_post',
    ],
  ])('%j cannot work, and is refused before anything is sent', async (client, definition, advice) => {
    const { provider } = await scene()
    const error = await errorOf(() => provider(client, definition))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toContain(advice)
  })
})

test('E-26: a confidential client sends its verifier and authenticates, too', async () => {
  const { provider, lastRequest } = await scene()
  const login = provider().grant(Pkce)
  const { transaction } = await login.authorize()
  await login.requestToken(`?code=abc&state=${transaction.state}`, transaction)
  const { headers, form } = await lastRequest()
  expect(headers['authorization']).toBe(basic.header)
  expect(form?.['code_verifier']).toBe(transaction.codeVerifier)
})
