import { Refresh } from '@grantkit/core'
import { expect, test } from 'vitest'
import { errorOf, publicClient, scene } from '../support/scene.ts'

test('a client that is refused with an assertion of its own is told that it sent one, and not which', async () => {
  const { provider } = await scene({ status: 401, json: { error: 'invalid_client' } })
  const client = {
    ...publicClient,
    authentication: ({ body }: { readonly body: URLSearchParams }) => body.set('client_assertion', 'canary-assertion'),
  }
  const error = await errorOf(provider(client).grant(Refresh).requestToken('canary-refresh-token'))
  expect(error).toMatchObject({ code: 'token_error', action: 'fix_configuration' })
  expect(error.message).toContain('; the client authenticated with a client_assertion')
})
