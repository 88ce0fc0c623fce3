import {
  type AuthorizationOptions,
  authorizedFetch,
  type ClientRegistration,
  type GrantError,
  Pkce,
  Provider,
  type ProviderOptions,
  Refresh,
  type Token,
} from '@grantkit/core'
import type { AuthorizationServer, AuthorizationServerOptions, TestClientOptions } from '@grantkit/testing/server'
import { exportJWK, generateKeyPair } from 'jose'
import { errorOf } from '../support/scene.ts'
import { authorizationServer } from '../support/servers.ts'

/** One row of the matrix: how the server, its client and the login differ from plain ones. */
export interface Row {
  readonly name: string
  readonly server?: AuthorizationServerOptions
  /** How the client is registered at the server. */
  readonly registered?: Partial<TestClientOptions>
  readonly client?: Partial<ClientRegistration>
  readonly options?: ProviderOptions
  readonly authorize?: AuthorizationOptions
  /** What the row is about going wrong, as the OAuth error of the server or the code of ours. */
  readonly failure: readonly [expected: string, fails: (stage: Stage) => Promise<unknown>]
  /** What is special about the token. */
  readonly check?: (token: Token, stage: Stage) => unknown
}

/** A running row. */
export interface Stage {
  readonly row: Row
  readonly server: AuthorizationServer
  readonly provider: Provider
  /** The same provider, differently configured. */
  readonly other: (options: ProviderOptions, client?: Partial<ClientRegistration>) => Provider
}

export const clientId = 'my-client'
export const redirectUri = 'http://127.0.0.1/callback'

const signing = await generateKeyPair('ES256', { extractable: true })
const encryption = await generateKeyPair('RSA-OAEP-256', { extractable: true })
const keys = [
  { ...(await exportJWK(signing.publicKey)), kid: 'signing', use: 'sig', alg: 'ES256' },
  { ...(await exportJWK(encryption.publicKey)), kid: 'encryption', use: 'enc', alg: 'RSA-OAEP-256' },
]

/** Starts the server of a row, with a client whose keys sign and decrypt. */
export async function stageOf(row: Row): Promise<Stage> {
  const registered = { clientId, keys, redirectUris: [redirectUri], ...row.registered }
  const server = await authorizationServer({
    ...row.server,
    clients: [registered, { clientId: 'other-service', keys }],
  })
  const definition = { name: 'acme', metadata: server.metadata, apiOrigins: [server.url] }
  const client: ClientRegistration = {
    clientId,
    redirectUri,
    authentication: 'private_key_jwt',
    signingKey: { privateKey: signing.privateKey, keyId: 'signing', algorithm: 'ES256' },
    decryptionKey: { privateKey: encryption.privateKey, keyId: 'encryption' },
    ...row.client,
  }
  const other: Stage['other'] = (options, changes = {}) => new Provider(definition, { ...client, ...changes }, options)
  return { row, server, provider: other(row.options ?? {}), other }
}

/** Logs in for real. */
export async function logIn(
  { row, server, provider }: Stage,
  options: AuthorizationOptions = row.authorize ?? {},
  by: Provider = provider,
): Promise<Token> {
  const login = by.grant(Pkce)
  const { url, transaction } = await login.authorize({ scope: ['openid', 'read'], ...options })
  return login.requestToken(await server.logIn(url), transaction)
}

/** Refreshes a token. */
export function refresh({ provider }: Stage, token: Token): Promise<Token> {
  return provider.grant(Refresh).requestToken(token)
}

/** What the API of the server says about a token. */
export async function callApi({ server, provider }: Stage, token: Token): Promise<Record<string, unknown>> {
  const api = authorizedFetch(provider.tokenSource({ token }))
  const response = await api(`${server.url}/api/echo`)
  return { status: response.status, ...((await response.json()) as object) }
}

/** The status of the API for a token that it does not accept. */
export async function refusedByApi({ server }: Stage, token: Token): Promise<number> {
  const api = authorizedFetch(token, { origins: [server.url] })
  return (await api(`${server.url}/api/echo`)).status
}

/** Why something failed: the server's error, or the code of ours. */
export async function reasonOf(failing: Promise<unknown>): Promise<string> {
  const error: GrantError = await errorOf(failing)
  return error.oauth?.error ?? error.code
}
