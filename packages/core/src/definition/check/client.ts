import { GrantError } from '../../errors/grant-error.ts'
import { quote } from '../../errors/quote.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { checkRedirectUri } from './redirect-uri.ts'
import type { ClientAuthenticationMethod } from '../client-authentication-rules.ts'
import type {
  ClientAuthentication,
  ClientDecryptionKey,
  ClientRegistration,
  ClientSigningKey,
} from '../client-registration.ts'
import type { ProviderDefinition } from '../provider-definition.ts'

/** A registration once checked: what a grant may see of it, and what only the protocol sees. */
export interface CheckedClient {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly redirectUris: readonly string[]
  readonly signingKey: ClientSigningKey | undefined
  readonly decryptionKey: ClientDecryptionKey | undefined
  readonly authentication: ClientAuthenticationMethod | ClientAuthentication
  /** Whether the method stays the same for every request: the client has chosen it, or has no secret. */
  readonly chosen: boolean
  /** Whether the client authenticates: a confidential client of RFC 6749 §2.1. */
  readonly confidential: boolean
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
const signingKeyFields = { what: 'the signingKey', fields: ['privateKey', 'keyId', 'issuer'] }
const methods: ReadonlySet<string> = new Set(['client_secret_basic', 'client_secret_post', 'none'])
const printableAscii = /^[\u0020-\u007E]+$/

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
  const key = checkSigningKey(definition, registration.signingKey)
  const authentication = checkAuthentication(definition, { ...registration, clientSecret, signingKey: key })
  const secret = clientSecret ?? key
  const confidential = typeof authentication === 'function' || (authentication !== 'none' && secret !== undefined)
  if (idTokenSigningAlgorithm !== undefined) checkAlgorithm(idTokenSigningAlgorithm)
  return {
    clientId,
    clientSecret,
    redirectUris: Object.freeze(redirectUris),
    signingKey: key,
    decryptionKey: registration.decryptionKey,
    authentication,
    chosen: registration.authentication !== undefined || !confidential,
    confidential,
    idTokenSigningAlgorithm,
    warnings,
  }
}

/** The method that was asked for, else what the preset says, else what the metadata lists, else Basic (RFC 8414 §2). */
function checkAuthentication(
  definition: ProviderDefinition,
  { clientId, clientSecret, signingKey, authentication }: ClientRegistration,
): CheckedClient['authentication'] {
  const rules = definition.clientAuthentication
  const hasSecret = clientSecret !== undefined || signingKey !== undefined
  const wanted =
    authentication ?? (hasSecret ? (rules?.method ?? methodForSecret(definition)) : (rules?.withoutSecret ?? 'none'))
  if (typeof wanted === 'function') return wanted
  if (!methods.has(wanted))
    throw invalid(
      `${quote(wanted)} is not a valid authentication: write ${[...methods].map((method) => `'${method}'`).join(', ')} or a function`,
    )
  if (wanted !== 'none' && !hasSecret && authentication !== undefined && rules?.withoutSecret !== wanted)
    throw invalid(`${wanted} needs a clientSecret`)
  if (wanted === 'client_secret_basic' && rules?.basicEncoding === 'raw') checkRaw(clientId, clientSecret)
  return wanted
}

function checkSigningKey(
  { name, clientAuthentication }: ProviderDefinition,
  key: ClientSigningKey | undefined,
): ClientSigningKey | undefined {
  if (key === undefined) return undefined
  if (!clientAuthentication?.secretJwt)
    throw invalid(`${name} takes no client secret that a key signs: leave signingKey out`)
  refuseUnknownFields(key, signingKeyFields)
  const { privateKey, keyId, issuer } = key
  const complete = [privateKey, keyId, issuer].every((value) => value !== undefined && value !== '')
  if (complete) return Object.freeze({ privateKey, keyId, issuer })
  throw invalid(
    'write signingKey: { privateKey, keyId, issuer }: the key as PEM, and what the provider calls it and you',
  )
}

/** Servers leave methods out of their metadata that they do support; post has worked wherever it was tried. */
function methodForSecret({ metadata }: ProviderDefinition): ClientAuthenticationMethod {
  const { token_endpoint_auth_methods_supported: listed = [] } = metadata
  return listed.length === 0 || listed.includes('client_secret_basic') ? 'client_secret_basic' : 'client_secret_post'
}

function checkRaw(clientId: string, clientSecret = ''): void {
  if (clientId.includes(':'))
    throw invalid('a clientId with ":" cannot be sent as raw Basic credentials: use client_secret_post')
  if (!printableAscii.test(clientId + clientSecret))
    throw invalid('raw Basic credentials have to be printable ASCII: use client_secret_post')
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
