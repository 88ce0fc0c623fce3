import { randomBytes } from 'node:crypto'
import { authorizationDetails } from './authorization-details.ts'
import { mutualTls } from './certificates.ts'
import { deviceFlow } from './device.ts'
import { rpInitiatedLogout } from './logout.ts'
import { resourceIndicators } from './resources.ts'
import type { Client, Configuration, Context, errors, Token } from 'oidc-provider'
import type { Backchannel } from './backchannel.ts'
import type { Settings } from './settings.ts'

const on = { enabled: true }
const off = { enabled: false }

/** What the features need besides the settings. */
export interface FeatureParts {
  readonly origin: string
  readonly library: typeof errors
  readonly backchannel: Backchannel
}

/**
 * The features of the engine. All that a plain client does not notice is on; a server that copies a provider has only
 * what that provider has.
 */
export function features(settings: Settings, parts: FeatureParts): Configuration['features'] {
  const { dialect, openid, required, profile } = settings
  const documented = dialect.discovery ? on : off
  const signed = openid ? on : off // its keys are only published with OpenID Connect
  return {
    backchannelLogout: signed,
    ciba: parts.backchannel.feature(parts.library),
    claimsParameter: signed,
    clientCredentials: on,
    deviceFlow: deviceFlow(settings),
    devInteractions: off, // they load a font from another host
    dPoP: {
      ...documented,
      requireNonce: () => required.dpopNonce === true,
      ...(required.dpopNonce && { nonceSecret: randomBytes(32) }),
    },
    encryption: signed,
    fapi: profile === undefined ? { ...off, profile: undefined } : { ...on, profile: '2.0' },
    introspection: { ...documented, allowedPolicy: isOwn },
    jwtIntrospection: signed,
    jwtResponseModes: signed,
    jwtUserinfo: signed,
    mTLS: mutualTls(settings),
    pushedAuthorizationRequests: {
      ...documented,
      requirePushedAuthorizationRequests: required.pushedRequests === true,
    },
    requestObjects: { ...documented, requireSignedRequestObject: required.requestObjects === true },
    resourceIndicators: resourceIndicators(settings, parts.library, parts.origin),
    revocation: { ...documented, allowedPolicy: isOwn },
    richAuthorizationRequests: authorizationDetails(settings, parts.library),
    rpInitiatedLogout: rpInitiatedLogout(settings),
    userinfo: signed,
  }
}

function isOwn(_context: Context, client: Client, token: Token): boolean {
  return token.clientId === client.clientId
}
