import { GrantError } from '../errors/grant-error.ts'
import { nearest } from '../errors/unknown-fields.ts'
import { quote } from '../errors/quote.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { type AuthorizationDetail, isAuthorizationDetails } from '../token/authorization-detail.ts'

/** What says which types a provider has. */
type Supported = Pick<ProviderDefinition, 'metadata'> & { readonly authorizationDetailsTypes?: unknown }

/** The permissions to request as the parameter `authorization_details` (RFC 9396 §2), of types that the provider has (§10). Throws `config_invalid`. */
export function authorizationDetailsParameter(
  details: readonly AuthorizationDetail[],
  { metadata, authorizationDetailsTypes = metadata['authorization_details_types_supported'] }: Supported,
): string | undefined {
  if (!isAuthorizationDetails(details))
    throw new GrantError(
      'config_invalid',
      `authorizationDetails is an array of JSON objects that have a type each: write [{ type: 'payment_initiation', … }]`,
    )
  const unknown = details.find(
    ({ type }) => Array.isArray(authorizationDetailsTypes) && !authorizationDetailsTypes.includes(type),
  )
  if (unknown === undefined) return details.length === 0 ? undefined : JSON.stringify(details)
  throw new GrantError(
    'config_invalid',
    `the provider has no authorization details of the type ${quote(unknown.type)}: ${nearest(unknown.type, authorizationDetailsTypes as string[])}`,
  )
}
