import { scopeArray } from './scope.ts'
import type { Provider } from 'oidc-provider'
import type { AccountProfile } from '../authorization-server-options.ts'

/** What an access token grants. */
export interface Bearer {
  readonly clientId: string
  readonly scope: readonly string[]
  /** The user; absent for a token of the client itself. */
  readonly subject?: string
  /** The profile of the user. */
  readonly profile: AccountProfile
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
  const scope = scopeArray(token.scope)
  return subject === undefined
    ? { clientId, scope, profile: {} }
    : { clientId, scope, subject, profile: accounts[subject] ?? {} }
}
