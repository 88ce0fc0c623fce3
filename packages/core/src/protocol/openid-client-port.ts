import type { CheckedClient } from '../definition/check-client.ts'
import type { ClientAuthentication } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import { getJson } from '../transport/get-json.ts'
import type { Transport } from '../transport/transport.ts'
import { clientAuthentication } from './client-authentication.ts'
import type { Emit } from './events.ts'
import { verifyIdToken } from './id-token.ts'
import { KeySet } from './key-set.ts'
import { append, type RequestValues } from '../definition/parameters.ts'
import type { ExpectedIdToken, GrantClient, GrantPort, TokenRequest } from './port.ts'
import { rememberRefreshToken } from './salvage.ts'
import { revokeToken } from './revocation.ts'
import { requestTokenResponse, type TokenRequestContext } from './token-request.ts'
import type { TokenResponse } from './token-response.ts'

/** The port of the grants, on openid-client and jose. It holds the client's secret, and shows it to nobody. */
export class OpenidClientPort<Scope extends string = string> implements GrantPort<Scope> {
  readonly provider: ProviderDefinition<Scope>
  readonly client: GrantClient
  readonly clock: Clock
  readonly #transport: Transport
  readonly #emit: Emit
  readonly #authenticate: ClientAuthentication
  readonly #secrets: readonly string[]
  readonly #algorithm: string | undefined
  #keys: KeySet | undefined

  constructor(provider: ProviderDefinition<Scope>, client: CheckedClient, transport: Transport, emit: Emit) {
    const { clientId, clientSecret, redirectUris, authentication, idTokenSigningAlgorithm } = client
    this.provider = provider
    this.client = Object.freeze({ clientId, redirectUris, confidential: authentication !== 'none' })
    this.clock = transport.clock
    this.#transport = transport
    this.#emit = emit
    this.#authenticate = clientAuthentication(client, provider.clientAuthentication)
    this.#secrets = clientSecret === undefined ? [] : [clientSecret]
    this.#algorithm = idTokenSigningAlgorithm
  }

  authorizationUrl(parameters: RequestValues): URL {
    const { name, metadata } = this.provider
    if (metadata.authorization_endpoint === undefined)
      throw new GrantError(
        'config_invalid',
        `${name} has no authorization_endpoint in its metadata: add it, or use a grant without a user`,
      )
    const url = new URL(metadata.authorization_endpoint)
    append(url.searchParams, { ...this.provider.parameters?.authorization, ...parameters })
    return url
  }

  async requestToken(request: TokenRequest): Promise<Token> {
    const sentAt = this.clock.now()
    const response = await requestTokenResponse(request, this.#context())
    const token = await this.#toToken(response, request, sentAt)
    const type = request.grantType === 'refresh_token' ? 'refreshed' : 'issued'
    this.#emit({ type, grantType: request.grantType, scope: token.scope })
    return token
  }

  /** Revokes a token (RFC 7009 §2.1). Rejects with a `GrantError`. */
  async revoke(token: string, hint: 'refresh_token' | 'access_token', signal?: AbortSignal): Promise<void> {
    await revokeToken(token, hint, this.#context(), signal)
  }

  #context(): TokenRequestContext {
    const { provider, client } = this
    const [authenticate, secrets, transport, emit] = [this.#authenticate, this.#secrets, this.#transport, this.#emit]
    return { provider, clientId: client.clientId, authenticate, secrets, transport, emit }
  }

  async #toToken(response: TokenResponse, request: TokenRequest, sentAt: number): Promise<Token> {
    const { accessToken, tokenType, refreshToken, expiresIn, refreshExpiresIn, idToken, extra } = response
    const openid =
      request.idToken &&
      (await this.#readIdToken(idToken, request.idToken, accessToken).catch((error: GrantError) => {
        if (request.grantType === 'refresh_token') rememberRefreshToken(error, refreshToken)
        throw error
      }))
    return new Token({
      accessToken,
      tokenType,
      scope: response.scope ?? request.assumedScope ?? request.scope,
      requestedScope: request.scope?.length ? request.scope : undefined,
      expiresAt: expiresIn === undefined ? undefined : sentAt + expiresIn * 1000,
      refreshExpiresAt: refreshExpiresIn === undefined ? undefined : sentAt + refreshExpiresIn * 1000,
      refreshToken,
      ...openid,
      extra: openid || idToken === undefined ? extra : { ...extra, id_token: idToken },
    })
  }

  async #readIdToken(idToken: unknown, expected: ExpectedIdToken, accessToken: string): Promise<object | undefined> {
    if (idToken === undefined && !expected.required) return undefined
    if (idToken === undefined)
      throw new GrantError('id_token_invalid', `${this.provider.name} sent no ID token, though the scope has "openid"`)
    const { issuer, id_token_signing_alg_values_supported: listed = [] } = this.provider.metadata
    const asymmetric = listed.filter((algorithm) => /^(?:RS|PS|ES|Ed)/.test(algorithm))
    const claims = await verifyIdToken(idToken, expected, {
      issuer: issuer ?? '',
      clientId: this.client.clientId,
      algorithms: this.#algorithm ? [this.#algorithm] : asymmetric.length > 0 ? asymmetric : ['RS256'],
      keys: (this.#keys ??= new KeySet(() => this.#fetchKeys(), this.clock)),
      now: this.clock.now(),
      accessToken,
    })
    return { idToken, claims }
  }

  async #fetchKeys(): Promise<unknown> {
    const { jwks_uri } = this.provider.metadata
    if (jwks_uri === undefined)
      throw new GrantError(
        'config_invalid',
        `${this.provider.name} has no jwks_uri in its metadata: add it to verify ID tokens`,
      )
    const { status, json } = await getJson(this.#transport, 'jwks_uri', jwks_uri, this.#transport.limits.keys)
    if (status === 200) return json
    throw new GrantError(
      'id_token_invalid',
      `the keys of ${this.provider.name} could not be fetched (status ${status})`,
      { status, ...(status >= 500 && { action: 'retry' }) },
    )
  }
}
