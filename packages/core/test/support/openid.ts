import {
  type ClientRegistration,
  type OnEvent,
  Pkce,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  type Token,
} from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import { testClock, type TestClock } from './clock.ts'
import { keepSecret } from './oracle.ts'
import { redirectUri, watched } from './scene.ts'
import { faultServer } from './servers.ts'

/** The access token of OpenID Connect Core App. A.3, whose hash is known. */
export const accessToken = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'

export interface Key {
  readonly privateKey: CryptoKey
  readonly jwk: JWK
}
/** A new key and its public half. */
export const keyOf = async (alg: string, kid?: string): Promise<Key> => {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), ...(kid && { kid }), alg, use: 'sig' } }
}
export const rs256 = await keyOf('RS256', 'k1')
export const es256 = await keyOf('ES256', 'k2')
export const eddsa = await keyOf('EdDSA', 'k3')

/** An OpenID provider whose ID tokens are made by the test. */
export async function openid(
  options: {
    keys?: JWK[]
    jwks?: Reply
    metadata?: object
    definition?: Partial<ProviderDefinition>
    client?: Partial<ClientRegistration>
    clock?: TestClock
    onEvent?: OnEvent
    limits?: ProviderOptions['limits']
  } = {},
) {
  const server = await faultServer()
  const clock = options.clock ?? testClock()
  const issuer = server.url
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    introspection_endpoint: `${issuer}/introspect`,
    end_session_endpoint: `${issuer}/logout`,
    ...options.metadata,
  }
  const publish = (...keys: JWK[]) => server.reply('/jwks', { json: { keys } })
  await (options.jwks ? server.reply('/jwks', options.jwks) : publish(...(options.keys ?? [rs256.jwk])))
  const provider = new Provider(
    { name: 'acme', ...options.definition, metadata },
    { clientId: 'cid', redirectUri, ...options.client },
    { clock, limits: options.limits, onEvent: watched(options.onEvent) },
  )
  const now = () => Math.floor(clock.now() / 1000)
  const claims = (): JWTPayload => ({ iss: issuer, sub: 'ada', aud: 'cid', iat: now(), exp: now() + 300 })
  const answer = (id_token: unknown, more: object = {}) =>
    server.reply('/token', { json: { access_token: accessToken, token_type: 'Bearer', id_token, ...more } })
  const jwksRequests = async () => (await server.requests()).filter(({ path }) => path === '/jwks').length
  return { server, clock, provider, publish, claims, answer, jwksRequests }
}

/** Signs an ID token, or whatever else a provider signs: nothing may show it. */
export async function sign(claims: JWTPayload, { key = rs256, header = {} }: { key?: Key; header?: object } = {}) {
  const jwt = await new SignJWT(claims)
    .setProtectedHeader({ alg: String(key.jwk.alg), kid: String(key.jwk.kid), ...header })
    .sign(key.privateKey)
  keepSecret(...jwt.split('.').slice(1))
  return jwt
}

/** Logs in; the ID token is made of honest claims, changed by the test. */
export async function logIn(
  stage: Awaited<ReturnType<typeof openid>>,
  change: object = {},
  signing: Parameters<typeof sign>[1] = {},
  parameters = {},
): Promise<Token> {
  const login = stage.provider.grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['openid'], parameters })
  const claims = { ...stage.claims(), nonce: transaction.nonce, ...change }
  await stage.answer(await sign(JSON.parse(JSON.stringify(claims)) as JWTPayload, signing))
  return login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
}
