import { type ClientRegistration, type PrivateJwk, Refresh } from '@grantkit/core'
import type { ProviderDefinition, ProviderOptions, PrivateKey } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { exportJWK, exportPKCS8, generateKeyPair } from 'jose'
import { testClock } from './clock.ts'
import { type Scene, scene } from './scene.ts'

/** A key pair of a client, its private half in each form. */
export interface ClientKey {
  readonly algorithm: string
  readonly publicKey: CryptoKey
  readonly privateKey: CryptoKey
  readonly pem: string
  readonly jwk: PrivateJwk
}

/** A new key pair. */
export async function clientKey(algorithm: string): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const [pem, jwk] = [await exportPKCS8(privateKey), await exportJWK(privateKey)]
  return { algorithm, publicKey, privateKey, pem, jwk: { ...jwk, kty: String(jwk.kty) } }
}

/** A client that signs. */
export const signer = (privateKey: PrivateKey, more: object = {}): ClientRegistration => ({
  clientId: 'cid',
  redirectUri: 'https://app.example/callback',
  signingKey: { privateKey, keyId: 'key-1', ...more },
})

/** A server with an issuer and a clock, and what a client of it sends. */
export interface AssertionStage extends Scene {
  readonly clock: ReturnType<typeof testClock>
  /** The form of a token request. */
  formOf(
    client: ClientRegistration,
    definition?: Partial<ProviderDefinition>,
    options?: ProviderOptions,
  ): Promise<Record<string, string>>
}

/** Starts a server whose issuer is its origin. */
export async function assertionStage(...replies: readonly Reply[]): Promise<AssertionStage> {
  const stage = await scene(...replies)
  const clock = testClock()
  const provider: Scene['provider'] = (client, definition = {}, options = {}) =>
    stage.provider(
      client,
      {
        ...definition,
        metadata: { issuer: stage.server.url, ...definition.metadata } as ProviderDefinition['metadata'],
      },
      { clock, ...options },
    )
  return {
    ...stage,
    clock,
    provider,
    async formOf(client, definition, options) {
      await provider(client, definition, options).grant(Refresh).requestToken('canary-refresh-token')
      return { ...(await stage.lastRequest()).form }
    },
  }
}
