import { type ProviderDefinition, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, errorOf } from '../support/scene.ts'

const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })

/** Revokes a token at `/revoke`, which responds as told; returns what was sent there. */
async function revoke(definition: Partial<ProviderDefinition>, ...replies: readonly Reply[]) {
  const { provider, server, normalised } = await deviant({
    ...definition,
    metadata: { token_endpoint: '{server}/token', revocation_endpoint: '{server}/revoke' },
  })
  await server.reply('/revoke', ...(replies.length > 0 ? replies : [{ text: '' }]))
  await server.reply('/applications/cid/token', ...(replies.length > 0 ? replies : [{ text: '' }]))
  const failure = await provider.revoke(token).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { failure, requests: await server.requests(), normalised: normalised() }
}

describe('what is revoked', () => {
  test('a string is a refresh token', async () => {
    const { provider, server } = await deviant({
      metadata: { token_endpoint: '{server}/token', revocation_endpoint: '{server}/revoke' },
    })
    await server.reply('/revoke', { text: '' })
    await provider.revoke('canary-refresh')
    expect((await server.requests()).map(({ form }) => form)).toEqual([
      { token: 'canary-refresh', token_type_hint: 'refresh_token' },
    ])
  })

  test.each([[undefined], [null], [''], [42], [{ accessToken: 'canary' }]])('%j is not', async (value) => {
    const { provider, server } = await deviant({
      metadata: { token_endpoint: '{server}/token', revocation_endpoint: '{server}/revoke' },
    })
    expect(await errorOf(provider.revoke(value as never))).toMatchObject({
      code: 'config_invalid',
      message: 'revoke takes a Token, or a refresh token as a string',
    })
    expect(await server.requests()).toEqual([])
  })
})

describe('revocation', () => {
  test('sends the refresh token first, and then the access token', async () => {
    const { requests, normalised } = await revoke({})
    expect(requests.map(({ form }) => form)).toEqual([
      { token: 'canary-refresh', token_type_hint: 'refresh_token' },
      { token: 'canary-access', token_type_hint: 'access_token' },
    ])
    expect(requests[0]?.headers['authorization']).toMatch(/^Basic /)
    expect(normalised).toEqual([])
  })

  test('#56: may have another status, which is refused unless declared', async () => {
    expect((await revoke({}, { status: 204 })).failure).toMatchObject({ code: 'token_error', status: 204 })
    const { failure, normalised } = await revoke({ revocation: { statuses: [204], tokens: 'either' } }, { status: 204 })
    expect(failure).toBeUndefined()
    expect(normalised).toEqual(['revocation.statuses'])
  })

  test('#56: needs one token where that revokes the other', async () => {
    const { requests } = await revoke({ revocation: { tokens: 'either' } })
    expect(requests.map(({ form }) => form?.['token'])).toEqual(['canary-refresh'])
  })

  test('#56: is a DELETE with JSON and Basic, at an endpoint with the client in it', async () => {
    const { requests, failure, normalised } = await revoke(
      {
        clientAuthentication: { method: 'client_secret_post' },
        revocation: {
          endpoint: '{server}/applications/{client_id}/token',
          method: 'DELETE',
          encoding: 'json',
          authentication: 'client_secret_basic',
          renamed: { token: 'access_token' },
          omitted: ['token_type_hint'],
          statuses: [204],
          tokens: 'access_token',
        },
      },
      { status: 204 },
    )
    expect(failure).toBeUndefined()
    expect(requests).toHaveLength(1)
    const { method, path, body, headers } = requests[0]!
    expect({ method, path, sent: JSON.parse(body) as unknown }).toEqual({
      method: 'DELETE',
      path: '/applications/cid/token',
      sent: { access_token: 'canary-access' },
    })
    expect(headers['authorization']).toBe(`Basic ${btoa(`cid:${confidential.clientSecret}`)}`)
    expect(new Set(normalised)).toEqual(
      new Set([
        'revocation.authentication',
        'revocation.encoding',
        'revocation.endpoint',
        'revocation.method',
        'revocation.omitted',
        'revocation.renamed.token',
        'revocation.statuses',
        'revocation.tokens',
      ]),
    )
  })

  test('#56: presents the token itself, and no body', async () => {
    const { requests, normalised } = await revoke({ revocation: { authentication: 'bearer', tokens: 'access_token' } })
    expect(normalised).toEqual(['revocation.tokens', 'revocation.authentication'])
    expect(requests[0]?.headers['authorization']).toBe('Bearer canary-access')
    expect(requests[0]?.headers['content-type']).toBeUndefined()
    expect(requests[0]?.body).toBe('')
  })

  test('#56: authenticates the client in its own way', async () => {
    const { requests } = await revoke({ revocation: { authentication: 'none' } })
    expect(requests[0]?.headers['authorization']).toBeUndefined()
    expect(requests[0]?.form).toEqual({ client_id: 'cid', token: 'canary-refresh', token_type_hint: 'refresh_token' })
  })

  test('#56: fails where a response with status 200 says so, as the definition declares', async () => {
    const definition = { tokenResponse: { error: { status: 200 } } } as const
    const { failure } = await revoke(definition, { json: { ok: false, error: 'invalid_auth' } })
    expect(failure).toMatchObject({ code: 'token_error', oauth: { error: 'invalid_auth' } })
    expect((await revoke(definition, { json: { ok: true, revoked: true } })).failure).toBeUndefined()
  })

  test('says what to write where the provider has no endpoint for it', async () => {
    const { provider } = await deviant({ revocation: { tokens: 'either' } })
    expect(await errorOf(provider.revoke(token))).toMatchObject({ code: 'config_invalid' })
  })
})
