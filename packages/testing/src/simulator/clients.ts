import type { KeyObject } from 'node:crypto'
import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulatedClients } from '../simulated-provider.ts'
import { keysFor } from './keys.ts'

/** The registered clients, and the public key of the confidential one, if it has a key. */
export interface Registrations extends SimulatedClients {
  readonly verificationKey: KeyObject | undefined
}

/** Registers a public and a confidential client. The secret has characters that every encoding writes differently. */
export function register({ clientAuthentication }: ProviderDefinition, redirectUri: string): Registrations {
  const { algorithm } = clientAuthentication?.secretJwt ?? {}
  const client = { clientId: 'simulated-client', redirectUri }
  const registrations = { public: { clientId: 'simulated-public-client', redirectUri } }
  if (algorithm === undefined)
    return {
      ...registrations,
      confidential: { ...client, clientSecret: 'simulated secret +100%' },
      verificationKey: undefined,
    }
  const { privateKey, publicKey } = keysFor(algorithm)
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const confidential: ClientRegistration = {
    ...client,
    signingKey: { privateKey: pem, keyId: 'simulated-key', issuer: 'simulated-team' },
  }
  return { ...registrations, confidential, verificationKey: publicKey }
}
