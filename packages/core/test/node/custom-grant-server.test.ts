import { Grant, Provider, type Token } from '@grantkit/core'
import { startAuthorizationServer } from '@grantkit/testing/server'
import { expect, onTestFinished, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

class Voucher extends Grant {
  static readonly grantType = 'urn:example:voucher'
  requestToken(voucher: string): Promise<Token> {
    return this.tokenRequest({ voucher }, { scope: ['read'] })
  }
}

// Not in Chromium: the server's side of the grant is a function, which cannot be sent to another process.
test('E-64: a grant of your own works at a real server', async () => {
  const server = await startAuthorizationServer({
    grants: {
      [Voucher.grantType]: ({ voucher }) => (voucher === 'good' ? { accountId: 'ada', scope: ['read'] } : undefined),
    },
  })
  onTestFinished(() => server.close())
  const acme = new Provider({ name: 'acme', metadata: server.metadata }, server.clients.confidential)
  expect((await acme.grant(Voucher).requestToken('good')).hasScope('read')).toBe(true)
  expect((await errorOf(acme.grant(Voucher).requestToken('bad'))).oauth?.error).toBe('invalid_grant')
})
