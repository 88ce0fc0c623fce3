import { spotify } from '../dialects/spotify.ts'
import { standard } from '../dialects/standard.ts'
import { clientsToRegister } from './clients.ts'
import { openidScopes } from './scope.ts'
import type {
  AccountProfile,
  AuthorizationServerOptions,
  DescribedScope,
  ExtensionGrant,
  RefreshTokenRotation,
  RequiredExtensions,
  TlsOptions,
} from '../authorization-server-options.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { TestClient } from './clients.ts'

/** The options with every default filled in. */
export interface Settings {
  readonly dialect: Dialect
  readonly clients: readonly TestClient[]
  readonly accounts: Readonly<Record<string, AccountProfile>>
  /** The scopes with their descriptions on the consent page. */
  readonly scopes: Readonly<Record<string, string>>
  readonly accessTokenLifetime: number
  readonly refreshTokenLifetime: number
  readonly rotation: RefreshTokenRotation
  readonly openid: boolean
  readonly grants: Readonly<Record<string, ExtensionGrant>>
  readonly required: RequiredExtensions
  readonly profile: 'fapi-2.0' | undefined
  /** Undefined if any is accepted. */
  readonly resources: readonly string[] | undefined
  readonly authorizationDetailsTypes: readonly string[]
  readonly tls: TlsOptions | undefined
}

const defaultAccounts: Readonly<Record<string, AccountProfile>> = {
  ada: { name: 'Ada Example', email: 'ada@mail.example', email_verified: true, country: 'SE', product: 'premium' },
}

/** Fills in the defaults of the options and of the emulated provider. */
export function settle(options: AuthorizationServerOptions): Settings {
  const dialect = options.like === 'spotify' ? spotify : standard
  const openid = dialect.openid && (options.openid ?? true)
  return {
    dialect,
    openid,
    clients: clientsToRegister(options.clients, options.profile === undefined),
    accounts: options.accounts ?? defaultAccounts,
    scopes: { ...(openid ? openidScopes : {}), ...describeScopes(options.scopes ?? dialect.scopes) },
    accessTokenLifetime: options.accessTokenLifetime ?? 3600,
    refreshTokenLifetime: options.refreshTokenLifetime ?? dialect.refreshTokenLifetime,
    rotation: options.rotateRefreshTokens ?? dialect.rotation,
    grants: options.grants ?? {},
    required: { ...options.require, ...(options.profile !== undefined && { pushedRequests: true }) },
    profile: options.profile,
    resources: options.resources,
    authorizationDetailsTypes: options.authorizationDetailsTypes ?? [],
    tls: options.tls,
  }
}

function describeScopes(scopes: NonNullable<AuthorizationServerOptions['scopes']>): Record<string, string> {
  if (Array.isArray(scopes)) return Object.fromEntries(scopes.map((scope: string) => [scope, '']))
  return Object.fromEntries(
    Object.entries(scopes as Readonly<Record<string, string | DescribedScope>>).map(([scope, about]) => [
      scope,
      typeof about === 'string' ? about : about.description,
    ]),
  )
}
