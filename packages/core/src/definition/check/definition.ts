import { GrantError } from '../../errors/grant-error.ts'
import { freezeDeep, isFrozenDeep, withoutPrototypes } from '../../token/plain.ts'
import { checkDeviations } from './deviations.ts'
import { checkShape } from './kinds.ts'
import { checkExtra, reservedInAuthorization, reservedInTokenRequest } from './parameters.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import type { ServerMetadata } from '../server-metadata.ts'
import { definitionShape } from './shape.ts'
import { checkServerUrl, isSecure, parseUrl } from './url.ts'

/** Checked copies, by what they were made of where that cannot change, and by themselves: shared, since they are frozen and say nothing of who uses them. */
const copies = new WeakMap<ProviderDefinition, ProviderDefinition>()

/**
 * Checks a definition and returns a frozen copy. That of a frozen definition is shared, so that ten thousand providers of
 * one preset hold it once. Throws `config_invalid`, `metadata_invalid` or `insecure_url`.
 */
export function checkDefinition<Scope extends string>(
  definition: ProviderDefinition<Scope>,
  httpHosts: readonly string[] = [],
): ProviderDefinition<Scope> {
  if (typeof definition !== 'object' || definition === null)
    throw invalid(`a provider is defined by { name, metadata }`)
  const known = httpHosts.length === 0 ? copies.get(definition) : undefined // what one user allows is decided for that one alone
  if (known) return known
  if (typeof definition.name !== 'string' || definition.name === '')
    throw invalid(`a provider needs a name, such as 'acme'`)
  checkMetadata(definition.metadata, httpHosts)
  checkShape(definition, definitionShape)
  checkDeviations(definition, httpHosts)
  for (const origin of definition.apiOrigins ?? []) checkOrigin(origin, httpHosts)
  checkExtra(definition.parameters?.authorization, reservedInAuthorization)
  checkExtra(definition.parameters?.token, reservedInTokenRequest)
  const copy = freezeDeep(withoutPrototypes(definition))
  if (httpHosts.length > 0) return copy
  copies.set(copy, copy)
  if (isFrozenDeep(definition)) copies.set(definition, copy)
  return copy
}

/** Checks an RFC 8414 document before any of it is used. Throws `metadata_invalid`, `insecure_url` or `config_invalid`. */
function checkMetadata(metadata: ServerMetadata, httpHosts: readonly string[]): void {
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    throw new GrantError('metadata_invalid', 'metadata is an RFC 8414 document: write { token_endpoint: …, … }')
  if (metadata.token_endpoint === undefined) throw new GrantError('metadata_invalid', 'metadata needs a token_endpoint')
  if (metadata.issuer !== undefined) checkIssuer(metadata.issuer, httpHosts)
  for (const [member, value] of Object.entries(metadata)) checkField({ member, value }, httpHosts)
  checkQuery('authorization_endpoint', metadata.authorization_endpoint)
  checkQuery('token_endpoint', metadata.token_endpoint)
}

function checkField(
  { member, value }: { readonly member: string; readonly value: unknown },
  httpHosts: readonly string[],
): void {
  if (value === undefined) return
  if (member.endsWith('_endpoint') || member === 'jwks_uri') checkServerUrl(member, value, { httpHosts })
  if (listed.has(member) && !isTextList(value))
    throw new GrantError('metadata_invalid', `${member} is an array of strings (RFC 8414 §2)`)
}

/** The lists of an RFC 8414 document that this library reads. */
const listed: ReadonlySet<string> = new Set([
  'token_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'id_token_signing_alg_values_supported',
])

function isTextList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

/** Checks an issuer identifier: a URL without query and fragment (RFC 8414 §2). Returns it parsed. */
export function checkIssuer(issuer: unknown, httpHosts: readonly string[] = []): URL {
  const url = checkServerUrl('issuer', issuer, { httpHosts })
  if (String(issuer).includes('?')) throw new GrantError('metadata_invalid', 'an issuer has no query (RFC 8414 §2)')
  return url
}

const ours: ReadonlySet<string> = new Set(
  (
    'client_id client_secret redirect_uri response_type scope state nonce code code_verifier code_challenge ' +
    'code_challenge_method grant_type refresh_token request request_uri'
  ).split(' '),
)

/** An endpoint may have a query, but a parameter stands in a request once (RFC 6749 §3.1). */
function checkQuery(member: string, endpoint: string | undefined): void {
  if (endpoint === undefined) return
  const twice = [...new URL(endpoint).searchParams.keys()].find((name) => ours.has(name))
  if (twice !== undefined)
    throw invalid(
      `${member} has the parameter "${twice}" in its query: remove it, the library sends its own (RFC 6749 §3.1)`,
    )
}

/** Checks one origin that a token may be sent to, or the suffix of many, such as `https://*.googleapis.com`. Throws `config_invalid` or `insecure_url`. */
export function checkOrigin(origin: unknown, httpHosts: readonly string[] = []): string {
  const whole = typeof origin === 'string' ? origin.replace('://*.', '://') : '' // browsers escape a wildcard
  const url = whole.includes('*') ? undefined : parseUrl(whole)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    throw invalid(`${JSON.stringify(origin)} is not a valid origin: write one such as "https://api.example"`)
  if (url.origin !== whole)
    throw invalid(`"${url.origin}" is the origin to write: scheme, host and port, without a path`)
  if (whole !== origin && !/.\../.test(url.hostname))
    throw invalid(`${JSON.stringify(origin)} is too wide: write two labels at least, such as "https://*.api.example"`)
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
