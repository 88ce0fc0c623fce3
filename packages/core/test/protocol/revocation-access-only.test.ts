import { expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { errorOf } from '../support/scene.ts'

test('a refresh token alone is not revoked where the provider revokes access tokens only, and nothing is sent', async () => {
  const { provider, server } = await deviant({
    revocation: { tokens: 'access_token' },
    metadata: { token_endpoint: '{server}/token', revocation_endpoint: '{server}/revoke' },
  })
  const error = await errorOf(provider.revoke('canary-refresh'))
  expect(error).toMatchObject({ code: 'config_invalid', provider: 'acme' })
  expect(error.message).toBe('acme revokes access tokens only: pass the Token')
  expect(await server.requests()).toEqual([])
})
