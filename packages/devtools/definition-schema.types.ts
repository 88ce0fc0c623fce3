import type { ProviderDefinition } from '../core/src/definition/provider-definition.ts'

/** What JSON can say of a provider: everything but `hooks`, which are functions. definition-schema.ts starts here. */
export type DefinitionInJson = Omit<ProviderDefinition, 'hooks'>
