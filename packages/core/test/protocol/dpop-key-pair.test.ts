import { Provider, type ProviderOptions } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { keyPair, rsa } from '../support/dpop.ts'
import { errorOf, publicClient } from '../support/scene.ts'

const make = (dpop: unknown, more: object = {}) =>
  new Provider({ name: 'acme', metadata: { ...metadata, ...more } }, publicClient, { dpop } as ProviderOptions)

const usual = await keyPair()
const other = await keyPair({ name: 'ECDSA', namedCurve: 'P-384' })
const short = await keyPair(rsa('RSA-PSS', 'SHA-256', 1024)).catch(() => undefined) // not every runtime makes one
const curve = { name: 'ECDSA', namedCurve: 'P-256' }
const spki = await crypto.subtle.exportKey('spki', usual.publicKey)
const hidden = await crypto.subtle.importKey('spki', spki, curve, false, ['verify'])
const exchanging = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])

describe('a key pair that cannot sign proofs is refused at once, with what to write', () => {
  test.each([
    ['nothing', null, 'dpop is a key pair of WebCrypto: write await crypto.subtle.generateKey('],
    ['false', false, 'dpop is a key pair of WebCrypto'],
    ['PEM', '-----BEGIN canary', 'dpop is a key pair of WebCrypto'],
    ['a private JWK', { kty: 'EC', d: 'canary' }, '"kty" is not a field of dpop: there are privateKey, publicKey'],
    ['no public key', { privateKey: usual.privateKey }, 'a privateKey and a publicKey, both a CryptoKey'],
    ['a private key twice', { privateKey: usual.privateKey, publicKey: usual.privateKey }, 'both a CryptoKey'],
    ['a public key twice', { privateKey: usual.publicKey, publicKey: usual.publicKey }, 'both a CryptoKey'],
    ['a JWK as a key', { privateKey: { kty: 'EC', d: 'canary' }, publicKey: usual.publicKey }, 'both a CryptoKey'],
    ['keys of two pairs', { privateKey: usual.privateKey, publicKey: other.publicKey }, 'are not a pair'],
    ['a key that agrees on keys', exchanging, `dpop.privateKey may not sign: give it the usage 'sign'`],
    [
      'a hidden public key',
      { ...usual, publicKey: hidden },
      'dpop.publicKey is part of every proof: make it extractable',
    ],
    ...(short ? [['an RSA key of 1024 bits', short, 'dpop.privateKey cannot sign a proof'] as const] : []),
  ] as const)('%s', async (_, dpop, message) => {
    const error = await errorOf(() => make(dpop))
    expect(error).toMatchObject({ code: 'config_invalid', message: expect.stringContaining(message) as string })
  })

  test('discovery asks nobody with it', async () => {
    const fetch = () => expect.fail('somebody was asked')
    const discovered = Provider.discover('https://id.acme.example', publicClient, { dpop: 'canary' as never, fetch })
    expect((await errorOf(discovered)).code).toBe('config_invalid')
  })

  test('R170: one whose algorithm the server does not list', async () => {
    const listed = { dpop_signing_alg_values_supported: ['PS256', 'RS256'] }
    const message =
      'the server takes DPoP proofs signed with PS256, RS256, and this key signs with ES256: pass { dpop: keyPair }'
    for (const dpop of [true, usual])
      expect(await errorOf(() => make(dpop, listed))).toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(message) as string,
      })
    make(await keyPair(rsa('RSA-PSS')), listed)
  })
})

test('a key pair is copied, and no print of a provider or a source shows it', async () => {
  const given = { ...usual }
  const provider = make(given)
  Object.assign(given, { privateKey: undefined })
  const tokens = provider.tokenSource({ refreshToken: 'canary-refresh-token' })
  expect(await tokens.api?.proofs?.thumbprint()).toMatch(/^[\w-]{43}$/)
  expect(tokens.api?.proofs).toMatchObject({ volatile: false, algorithm: 'ES256' })
  expect(make(true).tokenSource({ refreshToken: 'canary-refresh-token' }).api?.proofs?.volatile).toBe(true)
  expect(JSON.stringify([provider, tokens])).not.toContain('"d":')
})
