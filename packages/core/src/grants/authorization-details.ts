import { GrantError } from '../errors/grant-error.ts'
import { nearest } from '../errors/unknown-fields.ts'
import { quote } from '../errors/quote.ts'
import type { ServerMetadata } from '../definition/server-metadata.ts'
import { type AuthorizationDetail, isAuthorizationDetails } from '../token/authorization-detail.ts'

/** The permissions to request as the parameter `authorization_details` (RFC 9396 §2), of types that the provider has (§10). Throws `config_invalid`. */
export function authorizationDetailsParameter(
  details: readonly AuthorizationDetail[],
  { authorization_details_types_supported: supported }: ServerMetadata,
): string | undefined {
  if (!isAuthorizationDetails(details))
    throw new GrantError(
      'config_invalid',
      `authorizationDetails is an array of JSON objects that have a type each: write [{ type: 'payment_initiation', … }]`,
    )
  const unknown = details.find(({ type }) => Array.isArray(supported) && !supported.includes(type))
  if (unknown === undefined) return details.length === 0 ? undefined : JSON.stringify(details)
  throw new GrantError(
    'config_invalid',
    `the provider has no authorization details of the type ${quote(unknown.type)}: ${nearest(unknown.type, supported as string[])}`,
  )
}
