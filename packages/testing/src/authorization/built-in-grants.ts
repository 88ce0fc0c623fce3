import type { OidcContext } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** A grant that the engine does not have. */
export interface BuiltInGrant {
  readonly grantType: string
  readonly parameters: readonly string[]
  /** The parameters that may occur more than once. */
  readonly repeated?: readonly string[]
  /** The response. */
  respond(context: OidcContext): Promise<Record<string, unknown>>
}

/** The grants of ours that a client may use, unless the options have their own. */
export function builtInGrants(settings: Pick<Settings, 'dialect' | 'grants'>): readonly string[] {
  if (!settings.dialect.discovery) return []
  return [tokenExchangeType, jwtBearerType].filter((grantType) => !Object.hasOwn(settings.grants, grantType))
}

/** The grant type of RFC 8693. */
export const tokenExchangeType = 'urn:ietf:params:oauth:grant-type:token-exchange'
/** The grant type of RFC 7523. */
export const jwtBearerType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
