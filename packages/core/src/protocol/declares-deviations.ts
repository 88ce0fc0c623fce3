import type { ProviderDefinition } from '../definition/provider-definition.ts'

const members = [
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
  return members.some((member) => provider[member] !== undefined)
}
