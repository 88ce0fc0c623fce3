import type { EndpointName, ProviderDefinition } from '@grantkit/core'

/**
 * Freezes JSON all the way down, in a copy: every importer of a preset holds the same object. A bundler drops the call with
 * a preset that nobody imports.
 */
/* #__NO_SIDE_EFFECTS__ */
export function freeze<Scope extends string, Endpoint extends EndpointName>(
  data: ProviderDefinition<Scope, Endpoint>,
): ProviderDefinition<Scope, Endpoint> {
  return JSON.parse(JSON.stringify(data), (_name, field: unknown) => Object.freeze(field)) as typeof data
}
