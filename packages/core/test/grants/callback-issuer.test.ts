import type { ProviderDefinition, Transaction } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { readCallback } from '../../src/grants/callback.ts'
import type { GrantPort } from '../../src/protocol/port.ts'
import { begin } from '../support/begun-login.ts'
import { errorOf, redirectUri, scene } from '../support/scene.ts'
import { vectorsOf } from '../support/vectors.ts'

const issuer = 'https://honest.as.example'

describe('the issuer of a callback', () => {
  const promising = (promised: boolean | undefined): Partial<ProviderDefinition> =>
    ({ metadata: { issuer, authorization_response_iss_parameter_supported: promised } }) as never

  test.each(vectorsOf('iss check'))('R143: $name', async ({ input, expected }) => {
    const { login, transaction, state } = await begin(
      promising(Boolean(input['authorization_response_iss_parameter_supported'])),
    )
    const iss = input['iss'] === undefined ? '' : `&iss=${encodeURIComponent(String(input['iss']))}`
    const outcome = login.requestToken(`?code=canary-code&state=${state}${iss}`, transaction).then(
      () => 'proceed',
      () => 'reject',
    )
    expect(await outcome).toBe(expected)
  })

  test.each([
    'https://honest.as.example/',
    'HTTPS://honest.as.example',
    'https://honest.as.example:443',
    'https://Honest.as.example',
    'https://evil.example',
    '',
  ])('R143: %s is another issuer', async (iss) => {
    const { finish, state } = await begin(promising(undefined))
    expect((await finish(`?code=canary-code&state=${state}&iss=${encodeURIComponent(iss)}`)).code).toBe(
      'issuer_mismatch',
    )
  })

  test('R144: a promised iss that is missing is refused, in error responses too', async () => {
    const { finish, state } = await begin(promising(true))
    expect((await finish(`?code=canary-code&state=${state}`)).code).toBe('issuer_missing')
    expect((await finish(`?error=access_denied&state=${state}`)).code).toBe('issuer_missing')
  })

  test('R146: the text of an error from another issuer is not shown', async () => {
    const { finish, state } = await begin(promising(true))
    const text = 'error_description=canary-text&error_uri=https://evil.example/canary'
    const error = await finish(`?error=canary_error&${text}&state=${state}&iss=https://evil.example`)
    expect(error.code).toBe('issuer_mismatch')
    expect(error).not.toHaveProperty('oauth') // and the leak oracle looks for the rest
  })

  test('R145: an iss that was not promised is compared: the same one proceeds', async () => {
    const { login, transaction, state, tokenRequests } = await begin(promising(undefined))
    await login.requestToken(`?code=canary-code&state=${state}&iss=${issuer}`, transaction)
    expect(await tokenRequests()).toHaveLength(1)
  })

  test('A3: a code that comes from another server is not redeemed anywhere', async () => {
    const evil = await scene()
    const { finish, state } = await begin(promising(true))
    expect((await finish(`?code=canary-code&state=${state}&iss=${evil.server.url}`)).code).toBe('issuer_mismatch')
    expect(await evil.server.requests()).toHaveLength(0)
  })

  test('a provider without an issuer gets no iss check', async () => {
    const { login, transaction, state, tokenRequests } = await begin()
    await login.requestToken(`?code=canary-code&state=${state}&iss=https://whatever.example`, transaction)
    expect(await tokenRequests()).toHaveLength(1)
  })
})

describe('vectors', () => {
  test.each([...vectorsOf('authorization response with iss'), ...vectorsOf('authorization error response')])(
    'R143: $name',
    async ({ input, expected }) => {
      const { state, iss, code, error } = expected as Record<string, string>
      const transaction = {
        state,
        redirectUri,
        scope: [],
        provider: 'acme',
        createdAt: 0,
        expiresAt: 1,
      } as unknown as Transaction
      const port = {
        provider: { name: 'acme', metadata: { issuer: iss, token_endpoint: 'https://as.example/token' } },
      } as unknown as GrantPort
      const result = readCallback(String(input['url']), transaction, port)
      if (error === undefined) expect((await result).code).toBe(code)
      else expect((await errorOf(result)).oauth?.error).toBe(error)
    },
  )
})
