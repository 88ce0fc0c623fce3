import type { ProviderDefinition } from '@grantkit/core'

/** The URL of an endpoint at this origin: its host becomes the first part of the path. */
export function placed(url: string, origin: string): string {
  return url.replace(/^https?:\/\//, `${origin}/`)
}

/** A copy of a definition with every endpoint at `origin`, and nothing else changed. */
export function place<Scope extends string>(
  definition: ProviderDefinition<Scope>,
  origin: string,
): ProviderDefinition<Scope> {
  const { metadata, grants, revocation, apiOrigins, api, callback } = definition
  const here = new URL(origin).hostname
  return {
    ...definition,
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [name, isEndpoint(name) ? placed(String(value), origin) : value]),
    ) as ProviderDefinition['metadata'],
    ...(grants && { grants: mapValues(grants, (grant) => withEndpoint(grant, origin)) }),
    ...(revocation && { revocation: withEndpoint(revocation, origin) }),
    ...(apiOrigins && { apiOrigins: [origin] }),
    ...(api?.origin && { api: { ...api, origin: { ...api.origin, domains: [...api.origin.domains, here] } } }),
    ...(callback?.tokenHost && {
      callback: { ...callback, tokenHost: { ...callback.tokenHost, hosts: [...callback.tokenHost.hosts, here] } },
    }),
  }
}

function isEndpoint(field: string): boolean {
  return field.endsWith('_endpoint') || field === 'jwks_uri'
}

function withEndpoint<T extends { readonly endpoint?: string }>(deviations: T, origin: string): T {
  const { endpoint } = deviations
  return endpoint === undefined ? deviations : { ...deviations, endpoint: placed(endpoint, origin) }
}

function mapValues<T>(values: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]))
}
