import { inspect } from 'node:util'
import { clientFromEnvironment } from '@grantkit/core'
import { expect, test } from 'vitest'

test('E-69: a client from the environment is printed without its secret', () => {
  const client = clientFromEnvironment('ACME', { ACME_CLIENT_ID: 'cid', ACME_CLIENT_SECRET: 'canary-secret' })
  expect(inspect(client)).toBe("Client { clientId: 'cid', clientSecret: '[redacted]' }")
  expect(inspect({ client })).not.toContain('canary')
  expect(client.clientSecret).toBe('canary-secret')
})
