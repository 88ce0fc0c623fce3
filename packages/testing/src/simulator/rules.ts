import type { GrantDeviations, ProviderDefinition } from '@grantkit/core'

/** Everything that the provider requires of one kind of request. */
export interface RequestRules {
  /** The standard name of the grant, or `revocation`. */
  readonly grantType: string
  /** The grant type on the wire; undefined if it is not sent. */
  readonly wireGrantType: string | undefined
  /** The path of the endpoint. */
  readonly path: string
  readonly method: string
  readonly encoding: 'form' | 'json' | 'query'
  readonly headers: Readonly<Record<string, string>>
  /** Names on the wire by standard names. */
  readonly renamed: Readonly<Record<string, string>>
  readonly omitted: readonly string[]
  /** Required parameters. */
  readonly parameters: readonly string[]
  /** The authentication methods of a client with a secret. */
  readonly methods: readonly string[]
}

/** The rules of each grant: the usual grants that the provider supports, and those in the definition. */
export function grantRules(definition: ProviderDefinition): readonly RequestRules[] {
  const usual = ['authorization_code', 'refresh_token', 'client_credentials']
  const listed = (definition.metadata['grant_types_supported'] ?? []) as readonly string[]
  const known = [
    ...usual.filter((grantType) => hasGrant(definition, grantType)),
    ...listed.filter((grantType) => grantType.startsWith('urn:')),
    ...(definition.metadata.device_authorization_endpoint === undefined ? [] : [deviceGrant]),
  ]
  const declared = Object.keys(definition.grants ?? {}).filter((name) => !name.endsWith('_endpoint'))
  const names = new Set([...known, ...declared])
  return [...names].map((grantType) => rulesOf(definition, grantType))
}

/** The grant type of RFC 8628. */
export const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** Whether the provider supports a usual grant: yes, unless its metadata lists grants without it (RFC 8414 §2). */
export function hasGrant({ metadata }: ProviderDefinition, grantType: string): boolean {
  const listed = metadata['grant_types_supported'] as readonly string[] | undefined
  return listed?.includes(grantType) ?? true
}

function rulesOf(definition: ProviderDefinition, grantType: string): RequestRules {
  const { metadata, tokenRequest = {}, grants = {}, parameters = {} } = definition
  const own: GrantDeviations = grants[grantType] ?? {}
  const deviations: GrantDeviations = { ...tokenRequest, ...own }
  const omitsType = deviations.omitted?.includes('grant_type') === true
  return {
    ...common(deviations, own.endpoint ?? metadata.token_endpoint),
    grantType,
    wireGrantType: omitsType ? undefined : (own.grantType ?? grantType),
    parameters: Object.keys({ ...parameters.token, ...own.parameters }),
    methods: methodsOf(definition, own.authentication),
  }
}

/** The rules of another endpoint of the metadata; undefined if the provider does not have it. */
export function endpointRules(definition: ProviderDefinition, endpoint: string): RequestRules | undefined {
  const url = definition.metadata[endpoint]
  const own: GrantDeviations = definition.grants?.[endpoint] ?? {}
  if (typeof url !== 'string') return undefined
  return {
    ...common(own, url),
    grantType: endpoint,
    wireGrantType: undefined,
    parameters: Object.keys(own.parameters ?? {}),
    methods: methodsOf(definition, own.authentication),
  }
}

/** The rules of a revocation; undefined if the provider has no revocation endpoint. */
export function revocationRules(definition: ProviderDefinition): RequestRules | undefined {
  const { metadata, revocation = {} } = definition
  const endpoint = revocation.endpoint ?? metadata.revocation_endpoint
  if (endpoint === undefined) return undefined
  return {
    ...common(revocation, endpoint),
    grantType: 'revocation',
    wireGrantType: undefined,
    parameters: Object.keys(revocation.parameters ?? {}),
    methods: methodsOf(definition, revocation.authentication),
  }
}

type Deviations = Pick<GrantDeviations, 'encoding' | 'headers' | 'renamed' | 'omitted'> & { readonly method?: string }

function common({ method = 'POST', encoding, headers = {}, renamed = {}, omitted = [] }: Deviations, endpoint: string) {
  return {
    path: pathOf(endpoint),
    method,
    encoding: method === 'GET' ? ('query' as const) : (encoding ?? ('form' as const)),
    headers,
    renamed,
    omitted,
  }
}

/** The path and query of an endpoint as written, including braces. */
export function pathOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\/[^/]+/, '')
}

/** Absent means Basic (RFC 8414 §2). */
function methodsOf({ clientAuthentication, metadata }: ProviderDefinition, declared: string | undefined) {
  const method = declared ?? clientAuthentication?.method
  if (method !== undefined) return [method]
  return metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
}
