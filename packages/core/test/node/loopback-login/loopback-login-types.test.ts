import { Pkce, Provider } from '@grantkit/core'
import { loopbackLogin } from '@grantkit/core/node'
import { expect, test } from 'vitest'
import { metadata } from '../../support/acme.ts'

const definition = {
  name: 'acme',
  metadata,
  scopes: { read: { description: 'Read.' }, write: { description: 'Write.' } },
}
const acme = new Provider(definition, { clientId: 'cid', redirectUri: 'http://127.0.0.1/callback' })
const signal = AbortSignal.abort()

test('a scope of the provider compiles, and a misspelt one does not', async () => {
  const login = acme.grant(Pkce)
  await expect(loopbackLogin(login, { scope: ['read'], signal })).rejects.toMatchObject({ code: 'aborted' })
  // @ts-expect-error 'reed' is not a scope of this provider
  await expect(loopbackLogin(login, { scope: ['reed'], signal })).rejects.toMatchObject({ code: 'aborted' })
})
