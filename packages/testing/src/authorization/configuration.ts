import { clientMetadata } from './client-metadata.ts'
import { proofAlgorithms } from './dpop.ts'
import { features } from './features.ts'
import { paths } from './paths.ts'
import { loopbackFetch } from '../http/loopback-fetch.ts'
import { impliedScope } from './scope.ts'
import type { Configuration, interactionPolicy } from 'oidc-provider'
import type { FeatureParts } from './features.ts'
import type { Settings } from './settings.ts'
import type { Storage } from './storage.ts'

const day = 24 * 60 * 60

/** What the configuration is made of, besides the settings. */
export interface Parts extends FeatureParts {
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
    clientAuthMethods: authenticationMethods(settings),
    clientDefaults: clientDefaults(settings),
    clients: settings.clients.map((client) => clientMetadata(client, settings)),
    clockTolerance: 0, // otherwise an expired access token works for 15 more seconds
    conformIdTokenClaims: false, // like most providers: the ID token has the claims of the scope
    cookies: cookies(parts.origin),
    enabledJWA: algorithms(settings),
    expiresWithSession: () => false,
    extraParams: extraParams(settings),
    extraTokenClaims: (context) => context?.state.tokenClaims,
    features: features(settings, parts),
    fetch: loopbackFetch,
    findAccount: (_context, accountId) =>
      Object.hasOwn(accounts, accountId)
        ? { accountId, claims: () => ({ sub: accountId, ...accounts[accountId] }) }
        : undefined,
    interactions: { policy: parts.policy, url: (_context, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    jwks: parts.jwks,
    renderError: parts.renderError,
    responseTypes: openid && settings.profile === undefined ? ['code', 'code id_token'] : ['code'],
    rotateRefreshToken: () => parts.storage.rotation !== false,
    routes: { ...paths, ...dialect.paths },
    scopes: [...Object.keys(settings.scopes), impliedScope],
    ttl: lifetimes(settings),
  }
}

const openidClaims = {
  openid: ['sub'],
  profile: ['name', 'given_name', 'family_name', 'nickname', 'preferred_username', 'picture', 'locale', 'zoneinfo'],
  email: ['email', 'email_verified'],
}

function authenticationMethods({ dialect, profile, tls }: Settings): readonly string[] {
  const secrets = ['client_secret_basic', 'client_secret_post', 'none']
  if (!dialect.discovery) return secrets
  const certificates = tls === undefined ? [] : ['tls_client_auth', 'self_signed_tls_client_auth']
  if (profile !== undefined) return ['private_key_jwt', ...certificates]
  return [...secrets, 'client_secret_jwt', 'private_key_jwt', ...certificates]
}

/** The algorithms of signed responses: the usual default, or what FAPI 2.0 allows. */
function clientDefaults({ openid, profile }: Settings): Configuration['clientDefaults'] {
  if (!openid) return { id_token_signed_response_alg: 'ES256' }
  const algorithm = profile === undefined ? 'RS256' : 'PS256'
  return {
    id_token_signed_response_alg: algorithm,
    authorization_signed_response_alg: algorithm,
    introspection_signed_response_alg: algorithm,
  }
}

function algorithms({ profile }: Settings): Configuration['enabledJWA'] {
  const strict = ['PS256', 'ES256', 'Ed25519', 'EdDSA'] // FAPI 2.0 §5.4.1
  const all = profile === undefined ? ['HS256', 'RS256', ...strict] : strict
  return { dPoPSigningAlgValues: proofAlgorithms, clientAuthSigningAlgValues: all, requestObjectSigningAlgValues: all }
}

/** The engine calls these last, whatever the request looked like: the place to complete its scope. */
function extraParams({ dialect: { consentParameter } }: Settings): Configuration['extraParams'] {
  return {
    ...(consentParameter !== undefined && { [consentParameter]: undefined }),
    scope({ oidc: { params } }, scope) {
      if (params === undefined) return
      const names = scope?.split(' ') ?? []
      params['scope'] = [...names.filter((name) => name !== impliedScope), impliedScope].join(' ')
    },
  }
}

/** Cookies ignore ports, so two servers in one browser need different cookie names. */
function cookies(origin: string): Configuration['cookies'] {
  const { port } = new URL(origin)
  return { names: { session: `session_${port}`, interaction: `login_${port}`, resume: `resume_${port}` } }
}

function lifetimes({ dialect, accessTokenLifetime, refreshTokenLifetime }: Settings): Configuration['ttl'] {
  return {
    AccessToken: accessTokenLifetime,
    BackchannelAuthenticationRequest: (context) => Number(context?.oidc.params?.['requested_expiry'] ?? 600),
    ClientCredentials: accessTokenLifetime,
    DeviceCode: 600,
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
