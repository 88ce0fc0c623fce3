import type { AuthorizationServer, LogInOptions } from '@grantkit/testing/server'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import * as client from 'openid-client'

// A certified client that we did not write: what it can do with the test server, any client can.

/** A key pair of a client: the private key, and the public one as it is registered. */
export interface ClientKey {
  readonly key: CryptoKey
  readonly kid: string
  readonly jwk: JWK
}

export async function clientKey(alg = 'ES256', use = 'sig'): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const kid = `${use}-${alg}`
  return { key: privateKey, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg, use } }
}

/** openid-client with the server's metadata. */
export function configure(
  server: AuthorizationServer,
  clientId: string,
  authentication: client.ClientAuth,
  metadata: Partial<client.ClientMetadata> = {},
): client.Configuration {
  const configuration = new client.Configuration(
    server.metadata as client.ServerMetadata,
    clientId,
    metadata,
    authentication,
  )
  client.allowInsecureRequests(configuration)
  return configuration
}

export const redirectUri = 'http://127.0.0.1/callback'

/** What a login adds to the request, and how the user behaves. */
export interface LoginOptions {
  readonly scope?: string
  readonly parameters?: Readonly<Record<string, string>>
  /** Makes the URL from the parameters: pushed, signed, or both. */
  readonly url?: (configuration: client.Configuration, parameters: Record<string, string>) => Promise<URL>
  readonly user?: LogInOptions
  readonly grant?: Pick<client.AuthorizationCodeGrantOptions, 'DPoP'>
  readonly tokenParameters?: Readonly<Record<string, string>>
}

export type Tokens = Awaited<ReturnType<typeof client.authorizationCodeGrant>>

/** A whole login. */
export async function logIn(
  server: AuthorizationServer,
  configuration: client.Configuration,
  options: LoginOptions = {},
): Promise<Tokens> {
  const { scope = 'openid read', parameters = {}, user, grant, tokenParameters } = options
  const [verifier, state, nonce] = [client.randomPKCECodeVerifier(), client.randomState(), client.randomNonce()]
  const request = {
    redirect_uri: redirectUri,
    scope,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...parameters,
  }
  const makeUrl = options.url ?? (async (c, p) => client.buildAuthorizationUrl(c, p))
  const callback = await server.logIn(await makeUrl(configuration, request), user)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true }
  return client.authorizationCodeGrant(configuration, new URL(callback), checks, { ...tokenParameters }, grant)
}

/** The OAuth error of a rejected promise. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    const { error: code, cause } = error as { error?: string; cause?: { parameters?: { error?: string } }[] }
    return code ?? cause?.[0]?.parameters?.error ?? String(error)
  }
  throw new Error('nothing was refused')
}

/** What the API says about a token. */
export async function echo(
  server: AuthorizationServer,
  configuration: client.Configuration,
  token: string,
  options: client.DPoPOptions = {},
): Promise<Record<string, unknown>> {
  const url = new URL(`${server.url}/api/echo`)
  const response = await client.fetchProtectedResource(configuration, token, url, 'GET', null, undefined, options)
  return (await response.json()) as Record<string, unknown>
}
