import type { AuthorizationDetail } from '../../token/authorization-detail.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { quoteUrl } from '../../errors/quote.ts'
import { freezeDeep, isFrozenDeep, withoutPrototypes } from '../../token/plain.ts'
import { checkScope } from '../../token/scope.ts'
import { checkDeviations } from './deviations.ts'
import { checkExtra, reservedInAuthorization, reservedInTokenRequest } from './parameters.ts'
import { checkReadable } from './readable.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import type { EndpointName, ServerMetadata } from '../server-metadata.ts'
import { checkQuery, checkServerUrl, isSecure, parseUrl } from './url.ts'

/** Checked copies, by the frozen definition that they were made from and by themselves. They are shared, because they are frozen and hold nothing of any user. */
const copies = new WeakMap<ProviderDefinition, ProviderDefinition>()

/** A copy has the contents of its definition, and so its type. */
function knownCopy<Definition extends ProviderDefinition>(definition: Definition): Definition | undefined {
  return copies.get(definition) as Definition | undefined
}

/**
 * Checks a definition and returns a frozen copy. The copy of a frozen definition is shared, so that ten thousand providers of
 * one preset hold it once. Throws `config_invalid`, `metadata_invalid` or `insecure_url`.
 */
export function checkDefinition<
  Scope extends string,
  Endpoint extends EndpointName,
  Detail extends AuthorizationDetail,
>(
  definition: ProviderDefinition<Scope, Endpoint, Detail>,
  httpHosts: readonly string[] = [],
): ProviderDefinition<Scope, Endpoint, Detail> {
  if (typeof definition !== 'object' || definition === null)
    throw invalid('write the definition of a provider as { name, metadata }')
  const known = httpHosts.length === 0 ? knownCopy(definition) : undefined // what one user allows holds for that user alone
  if (known) return known
  const copy = withoutPrototypes(definition) // what is checked is what is used, whatever a getter says later
  if (typeof copy.name !== 'string' || copy.name === '') throw invalid(`a provider needs a name, such as 'acme'`)
  checkMetadata(copy.metadata, httpHosts)
  checkReadable(copy)
  checkDeviations(copy, httpHosts)
  checkDefaultScope(copy)
  for (const origin of copy.apiOrigins ?? []) checkOrigin(origin, httpHosts)
  checkExtra(copy.parameters?.authorization, reservedInAuthorization)
  checkExtra(copy.parameters?.token, reservedInTokenRequest)
  freezeDeep(copy)
  if (httpHosts.length > 0) return copy
  copies.set(copy, copy)
  if (isFrozenDeep(definition)) copies.set(definition, copy)
  return copy
}

/** Checks the scopes of a login that asks for none in particular: among the listed ones, if there is a list. Throws `config_invalid`. */
function checkDefaultScope({ name, defaultScope, scopes }: ProviderDefinition): void {
  const unknown = checkScope(defaultScope).find((scope) => scopes && !Object.hasOwn(scopes, scope))
  if (unknown !== undefined)
    throw invalid(`the default scope ${JSON.stringify(unknown)} is not one of the scopes of ${name}`)
}

/** Checks an RFC 8414 document before any of it is used. Throws `metadata_invalid`, `insecure_url` or `config_invalid`. */
function checkMetadata(metadata: ServerMetadata, httpHosts: readonly string[]): void {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new GrantError('metadata_invalid', 'metadata has to be an RFC 8414 document: write { token_endpoint: …, … }')
  if (metadata.token_endpoint === undefined) throw new GrantError('metadata_invalid', 'metadata needs a token_endpoint')
  if (metadata.issuer !== undefined) checkIssuer(metadata.issuer, httpHosts)
  for (const [field, value] of Object.entries(metadata)) checkField(field, value, httpHosts)
  for (const name of withParameters) checkQuery(name, metadata[name])
  const { require_pushed_authorization_requests: required, pushed_authorization_request_endpoint: endpoint } = metadata
  if (required === true && endpoint === undefined)
    throw new GrantError(
      'metadata_invalid',
      'metadata has require_pushed_authorization_requests, and needs a pushed_authorization_request_endpoint (RFC 9126 §5)',
    )
}

/** Endpoints whose requests have parameters of the library, which must not stand in their query. */
const withParameters = [
  'authorization_endpoint',
  'token_endpoint',
  'revocation_endpoint',
  'pushed_authorization_request_endpoint',
] as const

function checkField(field: string, value: unknown, httpHosts: readonly string[]): void {
  if (value === undefined) return
  if (field.endsWith('_endpoint') || field === 'jwks_uri') checkServerUrl(field, value, { httpHosts })
  if (listed.has(field) && !isStringList(value))
    throw new GrantError('metadata_invalid', `${field} has to be an array of strings (RFC 8414 §2)`)
}

/** The lists of an RFC 8414 document that this library reads. */
const listed: ReadonlySet<string> = new Set([
  'token_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'id_token_signing_alg_values_supported',
])

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** Checks an issuer identifier: a URL without query and fragment (RFC 8414 §2). Returns it parsed. */
export function checkIssuer(issuer: unknown, httpHosts: readonly string[] = []): URL {
  const url = checkServerUrl('issuer', issuer, { httpHosts })
  if (String(issuer).includes('?'))
    throw new GrantError('metadata_invalid', 'an issuer has no query: write it without "?…" (RFC 8414 §2)')
  return url
}

/** Checks one origin that a token may be sent to, or the suffix of many, such as `https://*.googleapis.com`. Throws `config_invalid` or `insecure_url`. */
export function checkOrigin(origin: unknown, httpHosts: readonly string[] = []): string {
  const whole = typeof origin === 'string' ? origin.replace('://*.', '://') : '' // browsers escape a wildcard
  const url = whole.includes('*') ? undefined : parseUrl(whole)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw invalid(`${quoteUrl(origin)} is not a valid origin: write one such as "https://api.example"`)
  if (url.origin !== whole)
    throw invalid(
      `${quoteUrl(origin)} is not a valid origin: write "${url.origin}", scheme, host and port without a path`,
    )
  if (whole !== origin && !/.\../.test(url.hostname))
    throw invalid(`${quoteUrl(origin)} is too wide: write at least two labels, such as "https://*.api.example"`)
  if (!isSecure(url, httpHosts))
    throw new GrantError(
      'insecure_url',
      `"${url.origin}" is not secure: a token goes to https origins, and to http on loopback addresses`,
    )
  return String(origin)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
