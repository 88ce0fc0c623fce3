import type { ProviderDefinition } from '../definition/provider-definition.ts'

const fields = [
  'scopeSeparator',
  'authorizationRequest',
  'callback',
  'tokenRequest',
  'grants',
  'tokenResponse',
  'revocation',
  'hooks',
] as const satisfies readonly (keyof ProviderDefinition)[]

/** Whether a provider does anything otherwise than the standards say. */
export function declaresDeviations(provider: ProviderDefinition): boolean {
  return fields.some((field) => provider[field] !== undefined)
}
