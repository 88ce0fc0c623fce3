import { ClientCredentials, type ClientRegistration, Refresh } from '@grantkit/core'
import { exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { describeWith } from '../../../stores/test/support/describe-with.ts'
import { errorOf, redirectUri } from '../support/scene.ts'
import { GlewlwydStage, web } from './support/glewlwyd-stage.ts'
import { glewlwyd } from './support/programs.ts'
import { send } from './support/send.ts'

const signing = await generateKeyPair('ES256', { extractable: true })
const other = await generateKeyPair('ES256')
const encryption = await generateKeyPair('ECDH-ES', { extractable: true })
const jwks = {
  keys: [
    { ...(await exportJWK(signing.publicKey)), kid: 'sig', alg: 'ES256' },
    { ...(await exportJWK(encryption.publicKey)), kid: 'enc', alg: 'ECDH-ES' },
  ],
}

describeWith(glewlwyd, () => {
  const stage = new GlewlwydStage(
    {
      'client-jwks-parameter': 'jwks',
      'request-parameter-allow': true,
      'request-maximum-exp': 3600,
      'encrypt-out-token-allow': true,
      'client-alg-parameter': 'alg',
      'client-enc-parameter': 'enc',
      'client-alg_kid-parameter': 'alg_kid',
      'client-encrypt_id_token-parameter': 'encrypt_id_token',
      'oauth-dpop-allowed': true,
      'oauth-dpop-iat-duration': 60,
      'oauth-dpop-nonce-mandatory': true,
      'oauth-dpop-nonce-counter': 1,
    },
    { jwks, token_endpoint_auth_method: ['client_secret_basic', 'client_secret_jwt', 'private_key_jwt'] },
  )
  const withKey = (privateKey: CryptoKey): ClientRegistration => ({
    clientId: 'web',
    redirectUri,
    authentication: 'private_key_jwt',
    signingKey: { privateKey, keyId: 'sig' },
  })

  test('a client authenticates with its key', async () => {
    const provider = await stage.discover({ client: withKey(signing.privateKey) })
    const token = await stage.logIn(provider)
    expect(token.claims).toMatchObject({ aud: 'web' })
    expect((await provider.grant(Refresh).requestToken(token)).accessToken).not.toBe(token.accessToken)
    expect(await provider.grant(ClientCredentials).requestToken({ scope: ['read'] })).toMatchObject({ scope: ['read'] })
  })

  test('and not with another', async () => {
    const provider = await stage.discover({ client: withKey(other.privateKey) })
    const error = await errorOf(provider.grant(ClientCredentials).requestToken({ scope: ['read'] }))
    expect(error).toMatchObject({ code: 'token_error', status: 403 })
  })

  test('or with a JWT that its secret signs', async () => {
    const client = { ...web, authentication: 'client_secret_jwt' as const }
    const provider = await stage.discover({ client })
    expect(await provider.grant(ClientCredentials).requestToken({ scope: ['read'] })).toMatchObject({ scope: ['read'] })
  })

  describe('DPoP, with a nonce that the server insists on', () => {
    test('binds the tokens of a login, and those of its refresh', async () => {
      const provider = await stage.discover({ dpop: true })
      const token = await stage.logIn(provider)
      expect(token.tokenType).toBe('DPoP')
      const fresh = await provider.grant(Refresh).requestToken(token)
      expect(fresh.tokenType).toBe('DPoP')
      expect(fresh.accessToken).not.toBe(token.accessToken)
    })

    test('a refresh with the key of another process is refused', async () => {
      const token = await stage.logIn(await stage.discover({ dpop: true }))
      const elsewhere = (await stage.discover({ dpop: true })).grant(Refresh)
      expect(await errorOf(elsewhere.requestToken(token))).toMatchObject({ oauth: { error: 'invalid_dpop_proof' } })
    })

    test('shows user information with a proof, and not without one', async () => {
      const provider = await stage.discover({ dpop: true })
      const token = await stage.logIn(provider)
      expect(await provider.userinfo(token)).toMatchObject({ sub: token.claims?.sub })
      const headers = { authorization: `Bearer ${token.accessToken}` }
      expect((await send(`${stage.issuer}/userinfo`, { headers })).status).toBe(401)
    })
  })

  test('an encrypted ID token is decrypted and verified', async () => {
    const fields = { alg: 'ECDH-ES', enc: 'A128GCM', alg_kid: 'enc', encrypt_id_token: '1' }
    await stage.addClient('sealed', { jwks, client_secret: web.clientSecret, ...fields })
    const decryptionKey = { privateKey: encryption.privateKey, keyId: 'enc' }
    const client = { ...web, clientId: 'sealed' }
    const token = await stage.logIn(await stage.discover({ client: { ...client, decryptionKey } }), 'sealed')
    expect(token.claims).toMatchObject({ iss: stage.issuer, aud: 'sealed' })
    const error = await errorOf(stage.logIn(await stage.discover({ client }), 'sealed'))
    expect(error).toMatchObject({ code: 'id_token_invalid' })
    expect(error.message).toContain('encrypted')
  })
})
