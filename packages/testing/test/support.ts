import { createHash } from 'node:crypto'
import type { AuthorizationServer, LogInOptions } from '@grantkit/testing/server'

/** A verifier of RFC 7636's shortest length. */
export const verifier = 'a-verifier-that-is-just-about-long-enough-43'
export const challenge = createHash('sha256').update(verifier).digest('base64url')

/** An authorization URL of the public client with PKCE; parameters can be changed, or omitted with `undefined`. */
export function authorizationUrl(
  server: AuthorizationServer,
  changes: Readonly<Record<string, string | undefined>> = {},
): URL {
  const { clientId, redirectUri } = server.clients.public
  const url = new URL(server.metadata.authorization_endpoint)
  const parameters = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: 'read',
    state: 'the state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...changes,
  }
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown> & { access_token: string; refresh_token: string; scope?: string }
}

/** Sends a form to the token endpoint. */
export async function requestToken(
  server: AuthorizationServer,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const response = await fetch(server.metadata.token_endpoint, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
  return { status: response.status, headers: response.headers, body: (await response.json()) as TokenAnswer['body'] }
}

/** Redeems the code of a callback as the public client. */
export function redeem(
  server: AuthorizationServer,
  callback: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const { clientId, redirectUri } = server.clients.public
  return requestToken(server, {
    grant_type: 'authorization_code',
    code: new URL(callback).searchParams.get('code') ?? '',
    client_id: clientId,
    redirect_uri: redirectUri,
    code_verifier: verifier,
    ...changes,
  })
}

/** A complete login of the public client. */
export async function logIn(
  server: AuthorizationServer,
  changes: Readonly<Record<string, string | undefined>> = {},
  options: LogInOptions = {},
): Promise<TokenAnswer> {
  return redeem(server, await server.logIn(authorizationUrl(server, changes), options))
}

/** Refreshes as the public client. */
export function refresh(
  server: AuthorizationServer,
  refreshToken: string,
  changes: Readonly<Record<string, string>> = {},
): Promise<TokenAnswer> {
  const { clientId } = server.clients.public
  return requestToken(server, {
    grant_type: 'refresh_token',
    refresh_token: refreshToken,
    client_id: clientId,
    ...changes,
  })
}

/** Calls an API with an access token. */
export function callApi(server: AuthorizationServer, path: string, accessToken?: string): Promise<Response> {
  return fetch(
    server.url + path,
    accessToken === undefined ? {} : { headers: { authorization: `Bearer ${accessToken}` } },
  )
}

/** The Basic credentials of the confidential client. */
export function basic({ clients: { confidential } }: AuthorizationServer, secret = confidential.clientSecret): string {
  return `Basic ${Buffer.from(`${confidential.clientId}:${secret}`).toString('base64')}`
}
