import {
  ClientCredentials,
  type ClientRegistration,
  Pkce,
  type ProviderDefinition,
  Refresh,
  type UnauthenticatedRequest,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { basicCredentials, formEncode } from '../../src/protocol/authentication/client-authentication.ts'
import { clientSecret, confidential, errorOf, publicClient, redirectUri, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

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

  test('R2, A40: special characters are form-encoded, or sent as they are where the provider declares raw', () => {
    expect(basicCredentials('cid', 's ec:ret')).toBe(`Basic ${btoa('cid:s+ec%3Aret')}`)
    expect(basicCredentials('cid', 's ec:ret', 'raw')).toBe('Basic Y2lkOnMgZWM6cmV0')
  })

  test('G32: unreserved characters are left alone, since most servers do not decode', () => {
    const unreserved = 'ABCXYZabcxyz0189-._~*'
    expect(formEncode(unreserved)).toBe(unreserved)
    expect(formEncode(`!'()`)).toBe('%21%27%28%29')
  })

  test('R2: a secret that is not ASCII does not throw', () => {
    expect(basicCredentials('cid', 'pässwörd€')).toBe(`Basic ${btoa('cid:p%C3%A4ssw%C3%B6rd%E2%82%AC')}`)
  })
})

describe('vectors', () => {
  test.each(vectorsOf('client_secret_basic header'))('R2: $name', ({ input, expected }) => {
    expect(basicCredentials(input['client_id'] as string, input['client_secret'] as string)).toBe(expected)
  })

  test.each(vectorsOf('client_secret_basic with reserved'))('R2, A40: $name', ({ input, expected }) => {
    const { userpass, decodes_back } = expected as { userpass: string; decodes_back: string[] }
    const sent = atob(
      basicCredentials(input['client_id'] as string, input['client_secret'] as string).slice('Basic '.length),
    )
    expect(sent).toBe(userpass)
    expect(sent.split(':').map((half) => new URLSearchParams(`v=${half}`).get('v'))).toEqual(decodes_back)
  })

  test.each(vectorsOf('form-urlencoded octets'))('R2: $name', ({ input, expected }) => {
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
  expect(url).not.toMatch(/canary|cid/)
  return { header: headers['authorization'], id: form['client_id'], secret: form['client_secret'] }
}

const basic = { header: `Basic ${btoa(`cid:${clientSecret}`)}`, id: undefined, secret: undefined }
const post = { header: undefined, id: 'cid', secret: clientSecret }
const none = { header: undefined, id: 'cid', secret: undefined }
const listing = (...methods: string[]) => ({ metadata: { token_endpoint_auth_methods_supported: methods } as never })

describe('the method, when none is asked for', () => {
  test('R78, G31: with a secret, and nothing listed, is Basic', async () =>
    expect(await authenticationOf(confidential)).toEqual(basic))
  test('R79: with a secret, and Basic listed, is Basic', async () =>
    expect(await authenticationOf(confidential, listing('client_secret_post', 'client_secret_basic'))).toEqual(basic))
  test('R79: with a secret, and only post listed, is post', async () =>
    expect(await authenticationOf(confidential, listing('private_key_jwt', 'client_secret_post'))).toEqual(post))
  test.each([['none'], ['private_key_jwt'], ['tls_client_auth', 'none']])(
    'R79: with a secret, and neither Basic nor post listed, is post: %s',
    async (...methods) => expect(await authenticationOf(confidential, listing(...methods))).toEqual(post),
  )
  test('with a secret, and an empty list, is Basic', async () =>
    expect(await authenticationOf(confidential, listing())).toEqual(basic))
  test('with a secret, and post declared by the preset, is post', async () =>
    expect(await authenticationOf(confidential, { clientAuthentication: { method: 'client_secret_post' } })).toEqual(
      post,
    ))
  test('R9: without a secret is none', async () => expect(await authenticationOf(publicClient)).toEqual(none))
  test('E-21: with an empty secret is none', async () =>
    expect(await authenticationOf({ ...confidential, clientSecret: '' })).toEqual(none))
})

describe('the method that is asked for', () => {
  test.each([
    ['client_secret_basic', basic],
    ['client_secret_post', post],
    ['none', none],
  ] as const)('R1: %s is the only one used', async (authentication, expected) => {
    expect(await authenticationOf({ ...confidential, authentication }, listing('client_secret_post'))).toEqual(expected)
  })

  test('R181: a function of your own sees the request and adds to it', async () => {
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

  test.each([
    ['Basic and post', 'x', { client_secret: 'x' }],
    ['Basic and an assertion', 'x', { client_assertion: 'x' }],
    ['post and an assertion', undefined, { client_secret: 'x', client_assertion: 'x' }],
  ])('R1: a function that uses %s at once is refused, and nothing is sent', async (_, header, parameters) => {
    const { provider, tokenRequests } = await scene()
    const authentication = ({ headers, body }: UnauthenticatedRequest) => {
      if (header) headers.set('authorization', header)
      for (const [name, value] of Object.entries(parameters)) body.set(name, value)
    }
    const error = await errorOf(provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken())
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('only one') as string })
    expect(await tokenRequests()).toHaveLength(0)
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

  test('A14: a function that fails with all that it got in its message leaks none of it', async () => {
    const { provider, tokenRequests } = await scene()
    const authentication = ({ url, headers, body }: UnauthenticatedRequest) => {
      headers.set('x-signature', 'canary-signature')
      throw new Error(`${url.pathname} ${headers.get('x-signature')} ${body}`)
    }
    const request = provider({ clientId: 'cid', authentication }).grant(Refresh).requestToken('canary-refresh-token')
    const { cause } = await errorOf(request)
    expect((cause as Error).message).toBe('/token [redacted] grant_type=refresh_token&refresh_token=[redacted]')
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each([
    [{ clientId: 'cid', authentication: 'client_secret_basic' as const }, {}, 'needs a clientSecret'],
    [{ clientId: 'cid', clientSecret, authentication: 'basic' as never }, {}, `'client_secret_basic'`],
    [
      { clientId: 'a', clientSecret: `${clientSecret}é` },
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

test('A40: an id with a colon cannot be sent raw', async () => {
  const { provider } = await scene()
  const error = await errorOf(() =>
    provider({ clientId: 'a:b', clientSecret }, { clientAuthentication: { basicEncoding: 'raw' } }),
  )
  expect(error.code).toBe('config_invalid')
  expect(error.message).toContain('use client_secret_post')
})

test('R18: a confidential client authenticates with its first request', async () => {
  const { provider, tokenRequests } = await scene()
  const login = provider().grant(Pkce)
  const { transaction } = await login.authorize()
  await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  expect((await tokenRequests()).map(({ headers }) => headers['authorization'])).toEqual([basic.header])
})

test('A37: a client id with a line break sends no header of its own', async () => {
  const { provider, lastRequest } = await scene()
  await provider({ clientId: 'cid\r\nX-Evil: 1', clientSecret }).grant(ClientCredentials).requestToken()
  const { headers } = await lastRequest()
  expect(headers['x-evil']).toBeUndefined()
  expect(atob(String(headers['authorization']).slice('Basic '.length))).toBe(`cid%0D%0AX-Evil%3A+1:${clientSecret}`)
})

test('A37: a header that a function of yours sets wrongly is refused, and not shown', async () => {
  const { provider, tokenRequests } = await scene()
  const authentication: ClientRegistration['authentication'] = ({ headers }) =>
    headers.set('x-api-key', 'canary-api-key\r\nX-Evil: 1')
  const error = await errorOf(provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken())
  expect(error.code).toBe('config_invalid')
  expect(await tokenRequests()).toHaveLength(0)
})

test('R62, E-26: a confidential client sends its verifier and authenticates, too', async () => {
  const { provider, lastRequest } = await scene()
  const login = provider().grant(Pkce)
  const { transaction } = await login.authorize()
  await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  const { headers, form } = await lastRequest()
  expect(headers['authorization']).toBe(basic.header)
  expect(form?.['code_verifier']).toBe(transaction.codeVerifier)
})
