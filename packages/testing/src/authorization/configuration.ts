import { clientMetadata } from './clients.ts'
import { impliedScope } from './scope.ts'
import type { Client, Configuration, Context, interactionPolicy, Token } from 'oidc-provider'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

const on = { enabled: true }
const off = { enabled: false }
const day = 24 * 60 * 60

/** What the configuration is made of, besides the settings. */
export interface Parts {
  readonly origin: string
  readonly storage: Storage
  readonly jwks: { keys: object[] }
  readonly policy: interactionPolicy.Policy
  readonly renderError: Configuration['renderError']
}

/**
 * The configuration of oidc-provider. It prints a notice for every default that is meant to be replaced, so all of them
 * are set here.
 */
export function configuration(settings: Settings, parts: Parts): Configuration {
  const { dialect, openid, accounts } = settings
  return {
    adapter: (model) => parts.storage.adapter(model),
    claims: openid ? openidClaims : {},
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: openid ? 'RS256' : 'ES256' },
    clients: settings.clients.map((client) => clientMetadata(client, Object.keys(settings.grants))),
    clockTolerance: 0, // otherwise an expired access token works for 15 more seconds
    conformIdTokenClaims: false, // like most providers: the ID token has the claims of the scope
    cookies: cookies(parts.origin),
    expiresWithSession: () => false,
    extraParams: dialect.consentParameter === undefined ? [] : [dialect.consentParameter],
    features: features(settings),
    findAccount: (_context, accountId) =>
      Object.hasOwn(accounts, accountId)
        ? { accountId, claims: () => ({ sub: accountId, ...accounts[accountId] }) }
        : undefined,
    interactions: { policy: parts.policy, url: (_context, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    jwks: parts.jwks,
    renderError: parts.renderError,
    responseTypes: ['code'],
    rotateRefreshToken: () => parts.storage.rotation !== false,
    routes: { ...paths, ...dialect.paths },
    scopes: [...Object.keys(settings.scopes), impliedScope],
    ttl: lifetimes(settings),
  }
}

const paths = { introspection: '/introspect', jwks: '/jwks', revocation: '/revoke', userinfo: '/userinfo' }

const openidClaims = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'nickname', 'preferred_username', 'picture', 'locale', 'zoneinfo'],
  email: ['email', 'email_verified'],
}

/** Cookies ignore ports, so two servers in one browser need different cookie names. */
function cookies(origin: string): Configuration['cookies'] {
  const { port } = new URL(origin)
  return { names: { session: `session_${port}`, interaction: `login_${port}`, resume: `resume_${port}` } }
}

function features({ dialect, openid }: Settings): Configuration['features'] {
  const documented = dialect.discovery ? on : off
  return {
    clientCredentials: on,
    devInteractions: off, // they load a font from another host
    dPoP: off, // the API here could not check a proof
    introspection: { ...documented, allowedPolicy: isOwn },
    pushedAuthorizationRequests: off,
    resourceIndicators: off,
    revocation: { ...documented, allowedPolicy: isOwn },
    rpInitiatedLogout: off,
    userinfo: openid ? on : off,
  }
}

function isOwn(_context: Context, client: Client, token: Token): boolean {
  return token.clientId === client.clientId
}

function lifetimes({ dialect, accessTokenLifetime, refreshTokenLifetime }: Settings): Configuration['ttl'] {
  return {
    AccessToken: accessTokenLifetime,
    ClientCredentials: accessTokenLifetime,
    IdToken: accessTokenLifetime,
    Grant: 10 * 365 * day, // only the tokens expire
    Interaction: day,
    Session: day,
    RefreshToken: (context) => {
      const rotated =
        dialect.refreshTokenLifetimeStarts === 'login' ? context?.oidc.entities.RotatedRefreshToken : undefined
      return rotated?.remainingTTL ?? refreshTokenLifetime
    },
  }
}
