import { scopeArray } from './scope.ts'
import type { AuthorizationDetail, Provider } from 'oidc-provider'
import type { AccountProfile } from '../authorization-server-options.ts'

/** What an access token grants. */
export interface Bearer {
  readonly clientId: string
  readonly scope: readonly string[]
  /** The user; absent for a token of the client itself. */
  readonly subject?: string
  /** The profile of the user. */
  readonly profile: AccountProfile
  /** The resource that the token is for; absent for any. */
  readonly audience: string | undefined
  /** The thumbprint of the key that has to be proven with the token (RFC 9449 §6). */
  readonly key: string | undefined
  /** The thumbprint of the certificate that the connection has to have (RFC 8705 §3). */
  readonly certificate: string | undefined
  readonly authorizationDetails: readonly AuthorizationDetail[] | undefined
  /** Who acts for the user (RFC 8693 §4.1). */
  readonly actor: unknown
}

/** Looks an access token up; `undefined` when it is unknown, expired or revoked. */
export async function findBearer(
  engine: Provider,
  accounts: Readonly<Record<string, AccountProfile>>,
  value: string,
): Promise<Bearer | undefined> {
  const token = (await engine.AccessToken.find(value)) ?? (await engine.ClientCredentials.find(value))
  if (token === undefined) return undefined
  const { clientId, accountId: subject } = token
  return {
    clientId,
    scope: scopeArray(token.scope),
    ...(subject !== undefined && { subject }),
    profile: accounts[subject ?? ''] ?? {},
    audience: token.aud,
    key: token.jkt,
    certificate: token['x5t#S256'],
    authorizationDetails: token.rar,
    actor: token.extra?.['act'],
  }
}
