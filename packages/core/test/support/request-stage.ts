import { AuthorizationCode, type ClientRegistration, Pkce, Provider, type ProviderDefinition } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import type { JWTPayload } from 'jose'
import { es256, openid, sign } from './openid.ts'
import { confidential, eventLog, goodToken } from './scene.ts'

/** What a server replies to a pushed request. */
export const accepted: Reply = { status: 201, json: { request_uri: 'urn:example:request:1', expires_in: 60 } }

/** A definition whose clients sign with this key. */
export const signingKey = { privateKey: es256.privateKey, keyId: 'k2', issuer: 'team' }
const secretJwt = { algorithm: 'ES256', audience: 'https://id.acme.example' } as const
export const signs: Partial<ProviderDefinition> = { clientAuthentication: { secretJwt } }

/** What a server replies to pushed requests, and to token requests. */
interface Replies {
  readonly par?: Reply
  /** Null where the test says so later. */
  readonly token?: Reply | null
}

/** An OpenID provider that takes pushed requests and signs what it is asked to sign. */
export async function requestStage({ par = accepted, token = { json: goodToken } }: Replies = {}) {
  const { server, clock, claims, answer, jwksRequests } = await openid()
  const issuer = server.url
  await server.reply('/par', par)
  if (token) await server.reply('/token', token)
  const { events, onEvent } = eventLog()
  const endpoints = {
    issuer,
    authorization_endpoint: `${issuer}/a`,
    token_endpoint: `${issuer}/token`,
    pushed_authorization_request_endpoint: `${issuer}/par`,
    jwks_uri: `${issuer}/jwks`,
  }
  /** A provider of that server; what is given wins over the defaults. */
  const provider = (
    { metadata, ...definition }: Omit<Partial<ProviderDefinition>, 'metadata'> & { readonly metadata?: object } = {},
    client: Partial<ClientRegistration> = {},
  ) =>
    new Provider(
      { name: 'acme', ...definition, metadata: { ...endpoints, ...metadata } },
      { ...confidential, ...client },
      { clock, onEvent },
    )
  const at = async (path: string) => (await server.requests()).filter((request) => request.path === path)
  return {
    server,
    issuer,
    clock,
    claims,
    answer,
    jwksRequests,
    events,
    provider,
    login: (...options: Parameters<typeof provider>) => provider(...options).grant(Pkce),
    withoutPkce: (...options: Parameters<typeof provider>) => provider(...options).grant(AuthorizationCode),
    pushed: () => at('/par'),
    tokenRequests: () => at('/token'),
    /** A signed authorization response. */
    response: (payload: object, signing?: Parameters<typeof sign>[1]) => {
      const complete = { iss: issuer, aud: 'cid', exp: Math.floor(clock.now() / 1000) + 60, ...payload }
      return sign(JSON.parse(JSON.stringify(complete)) as JWTPayload, signing)
    },
  }
}

export const parametersOf = (url: URL) => Object.fromEntries(url.searchParams)
