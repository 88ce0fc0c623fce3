import { Grant, Provider, type Token } from '@grantkit/core'
import { expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

class Voucher extends Grant {
  static readonly grantType = 'urn:example:voucher'
  requestToken(voucher: string): Promise<Token> {
    return this.tokenRequest({ voucher }, { scope: ['read'] })
  }
}

// Not in Chromium: the server's side of the grant is a function, which cannot be sent to another process.
test('E-64: a custom grant works at a real server', async () => {
  const server = await authorizationServer({
    grants: {
      [Voucher.grantType]: ({ voucher }) =>
        voucher === 'canary-good' ? { accountId: 'ada', scope: ['read'] } : undefined,
    },
  })
  const acme = new Provider({ name: 'acme', metadata: server.metadata }, server.clients.confidential)
  expect((await acme.grant(Voucher).requestToken('canary-good')).hasScope('read')).toBe(true)
  expect((await errorOf(acme.grant(Voucher).requestToken('canary-bad'))).oauth?.error).toBe('invalid_grant')
})
