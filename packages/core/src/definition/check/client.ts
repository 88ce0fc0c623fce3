import { GrantError } from '../../errors/grant-error.ts'
import { quote } from '../../errors/quote.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { type CheckedAuthentication, checkAuthentication } from './client-authentication.ts'
import { checkDecryptionKey, checkSigningKey, type CheckedSigningKey } from './client-keys.ts'
import type { CheckedKey } from './private-key.ts'
import { checkRedirectUri } from './redirect-uri.ts'
import type { ClientRegistration } from '../client-registration.ts'
import type { ProviderDefinition } from '../provider-definition.ts'

/** A registration once checked: what a grant may see of it, and what only the protocol sees. */
export interface CheckedClient extends CheckedAuthentication {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly redirectUris: readonly string[]
  readonly signingKey: CheckedSigningKey | undefined
  readonly decryptionKey: CheckedKey | undefined
  readonly idTokenSigningAlgorithm: string | undefined
  /** What the provider discourages in the redirect URIs. */
  readonly warnings: readonly string[]
}

const clientFields = {
  what: 'the client',
  fields: [
    'clientId',
    'clientSecret',
    'redirectUri',
    'authentication',
    'signingKey',
    'decryptionKey',
    'idTokenSigningAlgorithm',
  ],
  instead: {
    id: 'write "clientId"',
    secret: 'write "clientSecret"',
    token_endpoint_auth_method: 'write "authentication"',
    id_token_signed_response_alg: 'write "idTokenSigningAlgorithm"',
  },
}

/** Checks a registration against its provider, so that what cannot work fails before anything is sent. Throws `config_invalid` or `insecure_url`. */
export function checkClient(definition: ProviderDefinition, registration: ClientRegistration): CheckedClient {
  if (typeof registration !== 'object' || registration === null)
    throw invalid('write the client as { clientId, clientSecret?, redirectUri? }')
  refuseUnknownFields(registration, clientFields)
  const { clientId, redirectUri, idTokenSigningAlgorithm } = registration
  if (typeof clientId !== 'string' || clientId === '')
    throw invalid('a client needs its clientId: the provider shows it where the app is registered')
  const clientSecret = registration.clientSecret === '' ? undefined : registration.clientSecret
  if (clientSecret !== undefined && typeof clientSecret !== 'string') throw invalid('clientSecret has to be a string')
  const redirectUris = redirectUri === undefined ? [] : [redirectUri].flat()
  const warnings = redirectUris
    .map((uri) => checkRedirectUri(definition, uri))
    .filter((warning) => warning !== undefined)
  const signingKey = checkSigningKey(definition, registration.signingKey)
  const { authentication } = registration
  if (idTokenSigningAlgorithm !== undefined) checkAlgorithm(idTokenSigningAlgorithm)
  return {
    clientId,
    clientSecret,
    redirectUris: Object.freeze(redirectUris),
    signingKey,
    decryptionKey: checkDecryptionKey(registration.decryptionKey),
    ...checkAuthentication(definition, { clientId, clientSecret, signingKey, authentication }),
    idTokenSigningAlgorithm,
    warnings,
  }
}

function checkAlgorithm(algorithm: unknown): void {
  if (typeof algorithm === 'string' && /^(?:RS|PS|ES)(?:256|384|512)$|^EdDSA$|^Ed25519$/.test(algorithm)) return
  throw invalid(
    `${quote(algorithm)} cannot sign an ID token here: register RS256, PS256, ES256 or another asymmetric algorithm`,
  )
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
