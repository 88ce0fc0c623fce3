import { BackchannelAuthentication, DeviceAuthorization, Pkce, Provider, Token } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import {
  buildAuthorizationUrlWithPAR,
  Configuration,
  customFetch,
  fetchUserInfo,
  initiateBackchannelAuthentication,
  initiateDeviceAuthorization,
  tokenIntrospection,
} from 'openid-client'
import { metadata as acme } from './acme.ts'
import { someTime } from './clock.ts'
import { client, clock } from './offline-provider.ts'
import { type Reading, type Received, refusal, respond, type Side, sorted } from './referee.ts'
import { redirectUri, watched } from './scene.ts'

// The endpoints beside the token endpoint: one response, read by openid-client and here.

const at = (path: string) => `${acme.issuer}/${path}`
export const metadata = {
  ...acme,
  jwks_uri: at('keys'),
  pushed_authorization_request_endpoint: at('par'),
  device_authorization_endpoint: at('device'),
  backchannel_authentication_endpoint: at('bc'),
  introspection_endpoint: at('introspect'),
  userinfo_endpoint: at('userinfo'),
}

/** An endpoint, a response with nothing wrong, and what either side makes of it. */
interface Endpoint {
  readonly status: number
  readonly good: Readonly<Record<string, unknown>>
  own(provider: Provider): Promise<Reading>
  other(configuration: Configuration): Promise<Reading>
}

type Fields = Readonly<Record<string, unknown>>
/** To the millisecond. */
const rounded = (seconds: number) => Math.round(seconds * 1000) / 1000
const since = (time: number) => rounded((time - someTime) / 1000)
/** A login on another device, by the names of the standards. */
const pendingFields = ({ expires_in, interval = 5 }: Fields) => ({ expires_in: rounded(Number(expires_in)), interval })

export const endpoints = {
  par: {
    status: 201,
    good: { request_uri: 'urn:example:request:1', expires_in: 60 },
    own: async (provider) => {
      const { url } = await provider.grant(Pkce).authorize({ pushed: true })
      return { uri: url.searchParams.get('request_uri') }
    },
    other: async (configuration) => {
      const url = await buildAuthorizationUrlWithPAR(configuration, { redirect_uri: redirectUri })
      return { uri: url.searchParams.get('request_uri') }
    },
  },
  device: {
    status: 200,
    good: {
      device_code: 'canary-device-code',
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://id.acme.example/device',
      verification_uri_complete: 'https://id.acme.example/device?user_code=WDJB-MJHT',
      expires_in: 900,
      interval: 7,
    },
    own: async (provider) => {
      const { userCode, verificationUri, transaction, ...begun } = await provider.grant(DeviceAuthorization).authorize()
      const { deviceCode: device_code, interval, expiresAt } = transaction
      const complete = begun.verificationUriComplete
      return { device_code, userCode, verificationUri, complete, interval, expires_in: since(expiresAt) }
    },
    other: async (configuration) => {
      const response = await initiateDeviceAuthorization(configuration, {})
      const { device_code, user_code: userCode, verification_uri: verificationUri } = response
      const complete = response.verification_uri_complete
      return { device_code, userCode, verificationUri, complete, ...pendingFields(response) }
    },
  },
  ciba: {
    status: 200,
    good: { auth_req_id: 'canary-auth-req-id', expires_in: 900, interval: 7 },
    own: async (provider) => {
      const backchannel = provider.grant(BackchannelAuthentication)
      const { transaction } = await backchannel.authorize({ scope: ['openid'], loginHint: 'ada' })
      const { authReqId: auth_req_id, interval, expiresAt } = transaction
      return { auth_req_id, interval, expires_in: since(expiresAt) }
    },
    other: async (configuration) => {
      const parameters = { scope: 'openid', login_hint: 'ada' }
      const response = await initiateBackchannelAuthentication(configuration, parameters)
      return { auth_req_id: response.auth_req_id, ...pendingFields(response) }
    },
  },
  introspection: {
    status: 200,
    good: { active: true, scope: 'read write', client_id: 'cid', sub: 'ada', aud: ['api'], exp: 1_900_000_000 },
    own: async (provider) => {
      const answer = await provider.introspect('canary-token')
      if (!answer.active) return { active: false }
      const { scope, clientId, tokenType, subject, issuer, jwtId, confirmation, username, audience, extra } = answer
      const named = { client_id: clientId, token_type: tokenType, sub: subject, iss: issuer, jti: jwtId, username }
      const times = { exp: answer.expiresAt, iat: answer.issuedAt, nbf: answer.notBefore }
      const fields = { ...extra, ...named, ...times, scope: scope?.join(' '), aud: audience, cnf: confirmation }
      return { active: true, fields: sorted(fields) }
    },
    other: async (configuration) => {
      const { active, exp, iat, nbf, aud, ...rest } = await tokenIntrospection(configuration, 'canary-token')
      const times = { exp: milliseconds(exp), iat: milliseconds(iat), nbf: milliseconds(nbf) }
      return { active, fields: sorted({ ...rest, ...times, aud: aud === undefined ? undefined : [aud].flat() }) }
    },
  },
  userinfo: {
    status: 200,
    good: { sub: 'ada', name: 'Ada', address: { country: 'UK' } },
    own: async (provider) =>
      claims(await provider.userinfo(Token.from({ accessToken: 'canary-token' }), { subject: 'ada' })),
    other: async (configuration) => claims(await fetchUserInfo(configuration, 'canary-token', 'ada')),
  },
} satisfies Record<string, Endpoint>

const claims = (all: object): Reading => ({ claims: sorted(all) })
const milliseconds = (seconds: unknown) => (typeof seconds === 'number' ? seconds * 1000 : seconds)

/** A response of one of the endpoints. */
export interface Answered extends Received {
  readonly from: keyof typeof endpoints
}

/** How a response is read here. */
export function ownEndpointReading(answered: Answered): Promise<Reading> {
  return endpoints[answered.from].own(providerOf(answered)).catch(refusal)
}

/** How openid-client reads it. */
export async function otherEndpointReading(answered: Answered, side: Side): Promise<Reading> {
  const configuration = side === 'alone' ? alone(answered) : await configurationOf(providerOf(answered))
  return endpoints[answered.from].other(configuration).catch(refusal)
}

function providerOf(answered: Answered): Provider {
  const fetch: typeof globalThis.fetch = async () => respond(answered)
  return new Provider({ name: 'acme', metadata }, client, { clock, fetch, onEvent: watched() })
}

function alone(answered: Answered): Configuration {
  const configuration = new Configuration(metadata, client.clientId, client.clientSecret)
  configuration[customFetch] = async () => respond(answered)
  return configuration
}
