import type { ProviderDefinition } from '../definition/provider-definition.ts'

/** Where a client revokes its tokens, if anywhere. */
export function revocationEndpoint({ revocation, metadata }: ProviderDefinition, clientId: string): string | undefined {
  const endpoint = revocation?.endpoint ?? metadata.revocation_endpoint
  return endpoint?.replace('{client_id}', encodeURIComponent(clientId))
}
