import { AuthorizationCode, type ClientRegistration, type ProviderDefinition } from '@grantkit/core'
import { decodeProtectedHeader, exportPKCS8, generateKeyPair, jwtVerify } from 'jose'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { errorOf, redirectUri } from '../support/scene.ts'

const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
const pem = await exportPKCS8(privateKey)
const signingKey = { privateKey: pem, keyId: 'KEY1', issuer: 'TEAM1' }
const apple: Partial<ProviderDefinition> = {
  clientAuthentication: {
    method: 'client_secret_post',
    secretJwt: { algorithm: 'ES256', audience: 'https://id.acme.example' },
  },
}
const client: ClientRegistration = { clientId: 'com.example.app', redirectUri, signingKey }

describe('#36: a client secret that is a JWT', () => {
  test.each([
    ['PEM', pem],
    ['a CryptoKey', privateKey],
  ])('is signed for each request, with %s', async (_name, key) => {
    const registration = { ...client, signingKey: { ...signingKey, privateKey: key } }
    const { login, lastRequest, normalised } = await deviant(apple, undefined, registration)
    await login()
    expect(normalised()).toEqual(['clientAuthentication.secretJwt'])
    const { form = {}, headers } = await lastRequest()
    const secret = form['client_secret'] ?? ''
    const { payload } = await jwtVerify(secret, publicKey, { currentDate: new Date(now) })
    expect(headers['authorization']).toBeUndefined()
    expect(form['client_id']).toBe('com.example.app')
    expect(decodeProtectedHeader(secret)).toEqual({ alg: 'ES256', kid: 'KEY1' })
    expect(payload).toEqual({
      iss: 'TEAM1',
      sub: 'com.example.app',
      aud: 'https://id.acme.example',
      iat: now / 1000,
      exp: now / 1000 + 300,
    })
  })

  test('is the one that the user made, where there is one', async () => {
    const own = { ...client, clientSecret: 'canary-own' }
    const { login, lastRequest, normalised } = await deviant(apple, undefined, own)
    await login()
    expect(normalised()).toEqual([])
    expect((await lastRequest()).form?.['client_secret']).toBe('canary-own')
  })

  test('makes a confidential client of its owner', async () => {
    const { provider } = await deviant(apple, undefined, client)
    await expect(provider.grant(AuthorizationCode).authorize()).resolves.toBeDefined()
  })

  test.each([
    [apple, { ...client, signingKey: { ...signingKey, privateKey: 'canary-no-key' } }, 'PKCS #8'],
    [apple, { ...client, signingKey: { ...signingKey, keyId: '' } }, '{ privateKey, keyId, issuer }'],
    [apple, { ...client, signingKey: { privateKey: pem, keyId: 'K' } as never }, '{ privateKey, keyId, issuer }'],
  ])('is refused at once where it cannot work', async (definition, registration, message) => {
    const error = await errorOf(deviant(definition, undefined, registration))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(message) })
  })
})
