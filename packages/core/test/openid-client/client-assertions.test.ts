import { Provider } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import { jwtVerify } from 'jose'
import { clientCredentialsGrant, tokenRevocation } from 'openid-client'
import { expect, test } from 'vitest'
import { assertionStage, clientKey, signer } from '../support/client-keys.ts'

const key = await clientKey('PS256')

test('R110: a client with a signing key authenticates on the bridge with assertions of its provider', async () => {
  const { provider, server, clock } = await assertionStage()
  await server.reply('/revoke', { text: '' })
  const metadata = { revocation_endpoint: `${server.url}/revoke` } as never
  const configuration = await configurationOf(provider(signer(key.pem, { algorithm: 'PS256' }), { metadata }))
  await clientCredentialsGrant(configuration)
  await tokenRevocation(configuration, 'canary-refresh-token')
  const forms = (await server.requests()).map(({ form = {} }) => form)
  const jtis = forms.map(async ({ client_assertion: assertion = '' }) => {
    const { payload } = await jwtVerify(assertion, key.publicKey, { currentDate: new Date(clock.now()) })
    expect(payload.aud).toBe(server.url)
    return payload.jti
  })
  expect(new Set(await Promise.all(jtis)).size).toBe(2)
  expect(forms.every((form) => form['client_id'] === 'cid')).toBe(true)
})

test('R118: openid-client knows the endpoints for a certificate where the client has one', async () => {
  const metadata = {
    issuer: 'https://id.acme.example',
    token_endpoint: 'https://id.acme.example/token',
    mtls_endpoint_aliases: { token_endpoint: 'https://mtls.acme.example/token' },
  }
  const acme = new Provider({ name: 'acme', metadata }, { clientId: 'cid', authentication: 'tls_client_auth' })
  const configuration = await configurationOf(acme)
  expect(configuration.serverMetadata().token_endpoint).toBe('https://mtls.acme.example/token')
})
