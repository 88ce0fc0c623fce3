import type { AdaptableDefinition, AuthorizationServerMetadata } from '../authorization-server.ts'

/** Where a definition is to point. */
export interface Target {
  readonly url: string
  readonly issuer: string
  readonly metadata: AuthorizationServerMetadata
}

/** A copy of a provider definition that points at a test server, with no URL of the real provider left in its metadata. */
export function adaptDefinition<Definition extends AdaptableDefinition>(
  definition: Definition,
  server: Target,
): Definition {
  const served: Readonly<Record<string, unknown>> = { ...server.metadata, issuer: server.issuer }
  const members = Object.entries(definition.metadata)
    .map(([name, value]) => [name, pointsElsewhere(value) ? served[name] : value] as const)
    .filter(([, value]) => value !== undefined)
  return { ...definition, metadata: Object.fromEntries(members), apiOrigins: [server.url] }
}

/** Whether a member is a URL, or holds some, as `mtls_endpoint_aliases` does. */
function pointsElsewhere(value: unknown): boolean {
  if (typeof value === 'string') return /^https?:/i.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(pointsElsewhere)
}
