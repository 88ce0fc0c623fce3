import { GrantError } from '../../errors/grant-error.ts'
import { quote } from '../../errors/quote.ts'
import type { ClientAuthenticationMethod } from '../client-authentication-rules.ts'
import type { ClientAuthentication } from '../client-registration.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import type { CheckedSigningKey } from './client-keys.ts'

/** What a client can authenticate with. */
interface Credentials {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly signingKey: CheckedSigningKey | undefined
  /** The method that was asked for. */
  readonly authentication: ClientAuthenticationMethod | ClientAuthentication | undefined
}

/** How a client authenticates, once that is certain. */
export interface CheckedAuthentication {
  readonly authentication: ClientAuthenticationMethod | ClientAuthentication
  /** Whether the method stays the same for every request: the client has chosen it, or has nothing to authenticate with. */
  readonly chosen: boolean
  /** Whether the client authenticates: a confidential client of RFC 6749 §2.1. */
  readonly confidential: boolean
}

/** The methods, and what each of them needs. */
const needs: Readonly<Record<ClientAuthenticationMethod, 'clientSecret' | 'signingKey' | undefined>> = {
  client_secret_basic: 'clientSecret',
  client_secret_post: 'clientSecret',
  client_secret_jwt: 'clientSecret',
  private_key_jwt: 'signingKey',
  tls_client_auth: undefined,
  self_signed_tls_client_auth: undefined,
  none: undefined,
}
const printableAscii = /^[\u0020-\u007E]+$/

/** Whether a client authenticates with an assertion that it signs (RFC 7523 §2.2). */
export function isAssertion(method: unknown): method is 'client_secret_jwt' | 'private_key_jwt' {
  return method === 'client_secret_jwt' || method === 'private_key_jwt'
}

/** Whether a client authenticates with a certificate (RFC 8705 §2). */
export function isCertificate(method: unknown): method is 'tls_client_auth' | 'self_signed_tls_client_auth' {
  return method === 'tls_client_auth' || method === 'self_signed_tls_client_auth'
}

/** Decides how the client authenticates, and checks that it can. Throws `config_invalid`. */
export function checkAuthentication(definition: ProviderDefinition, credentials: Credentials): CheckedAuthentication {
  const method = credentials.authentication ?? defaultMethod(definition, credentials)
  if (typeof method === 'function') return { authentication: method, chosen: true, confidential: true }
  const chosen = credentials.authentication !== undefined
  const emptyPassword = definition.clientAuthentication?.withoutSecret === method && isWithout(credentials)
  if (!emptyPassword) checkMethod(method, definition, credentials)
  const confidential = method !== 'none' && !emptyPassword
  if (confidential && !chosen)
    for (const declared of declaredMethods(definition)) checkMethod(declared, definition, credentials)
  if (method === 'client_secret_basic' && definition.clientAuthentication?.basicEncoding === 'raw')
    checkRaw(credentials)
  return { authentication: method, chosen: chosen || !confidential, confidential }
}

function isWithout({ clientSecret, signingKey }: Credentials): boolean {
  return clientSecret === undefined && signingKey === undefined
}

/** What the preset says, else what the metadata lists, else Basic (RFC 8414 §2). */
function defaultMethod(definition: ProviderDefinition, credentials: Credentials): ClientAuthenticationMethod {
  const { method, withoutSecret = 'none', secretJwt } = definition.clientAuthentication ?? {}
  if (isCertificate(method)) return method
  if (isWithout(credentials)) return withoutSecret
  if (credentials.clientSecret !== undefined || secretJwt) return method ?? methodForSecret(definition)
  return 'private_key_jwt'
}

/** Servers leave methods out of their metadata that they do support; post has worked wherever it was tried. */
function methodForSecret({ metadata }: ProviderDefinition): ClientAuthenticationMethod {
  const { token_endpoint_auth_methods_supported: listed = [] } = metadata
  if (listed.length === 0 || listed.includes('client_secret_basic')) return 'client_secret_basic'
  return listed.includes('client_secret_jwt') && !listed.includes('client_secret_post')
    ? 'client_secret_jwt'
    : 'client_secret_post'
}

/** The methods that a definition declares for single requests. */
function declaredMethods({ grants = {}, revocation }: ProviderDefinition): readonly ClientAuthenticationMethod[] {
  return [...Object.values(grants), { authentication: revocation?.authentication }].flatMap(({ authentication }) =>
    authentication === undefined || authentication === 'bearer' ? [] : [authentication],
  )
}

function checkMethod(
  method: ClientAuthenticationMethod,
  definition: ProviderDefinition,
  credentials: Credentials,
): void {
  if (typeof method !== 'string' || !Object.hasOwn(needs, method))
    throw invalid(
      `${quote(method)} is not a valid authentication: write ${Object.keys(needs)
        .map((name) => `'${name}'`)
        .join(', ')} or a function`,
    )
  const need = needs[method]
  const { metadata, clientAuthentication: { secretJwt, audience = metadata.issuer } = {} } = definition
  const given = credentials[secretJwt && !isAssertion(method) ? 'signingKey' : (need ?? 'clientId')]
  if (need !== undefined && given === undefined && credentials[need] === undefined)
    throw invalid(`${method} needs a ${need}`)
  if (isAssertion(method) && audience === undefined)
    throw invalid(
      `${method} needs to know for whom an assertion is: write the issuer into the metadata of ${definition.name}, or clientAuthentication: { audience }`,
    )
}

function checkRaw({ clientId, clientSecret = '' }: Credentials): void {
  if (clientId.includes(':'))
    throw invalid('a clientId with ":" cannot be sent as raw Basic credentials: use client_secret_post')
  if (!printableAscii.test(clientId + clientSecret))
    throw invalid('raw Basic credentials have to be printable ASCII: use client_secret_post')
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
