import type { EndpointName, ProviderDefinition } from '@grantkit/core'

/**
 * Returns a deep-frozen copy of JSON, because every importer of a preset shares the same object. A bundler drops the call
 * with an unused preset.
 */
/* #__NO_SIDE_EFFECTS__ */
export function freeze<Scope extends string, Endpoint extends EndpointName>(
  data: ProviderDefinition<Scope, Endpoint>,
): ProviderDefinition<Scope, Endpoint> {
  return JSON.parse(JSON.stringify(data), (_name, field: unknown) => Object.freeze(field)) as typeof data
}
