import type { AdaptableDefinition, AuthorizationServerMetadata } from '../authorization-server.ts'

/** The server that a definition should point at. */
export interface Target {
  readonly url: string
  readonly issuer: string
  readonly metadata: AuthorizationServerMetadata
}

/** A copy of a provider definition that points at a test server, without any URL of the real provider in its metadata. */
export function adaptDefinition<Definition extends AdaptableDefinition>(
  definition: Definition,
  server: Target,
): Definition {
  const served: Readonly<Record<string, unknown>> = { ...server.metadata, issuer: server.issuer }
  const fields = Object.entries(definition.metadata)
    .map(([name, value]) => [name, pointsElsewhere(value) ? served[name] : value] as const)
    .filter(([, value]) => value !== undefined)
  return { ...definition, metadata: Object.fromEntries(fields), apiOrigins: [server.url, ...forCertificates(server)] }
}

/** The origin of the API for tokens that are bound to a certificate. */
function forCertificates({ metadata }: Target): readonly string[] {
  const { token_endpoint: alias } = (metadata['mtls_endpoint_aliases'] ?? {}) as Readonly<Record<string, string>>
  return alias === undefined ? [] : [new URL(alias).origin]
}

/** Whether a field is a URL or contains one, as `mtls_endpoint_aliases` does. */
function pointsElsewhere(value: unknown): boolean {
  if (typeof value === 'string') return /^https?:/i.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(pointsElsewhere)
}
