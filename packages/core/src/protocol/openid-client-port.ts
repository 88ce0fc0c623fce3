import type { CheckedClient } from '../definition/check-client.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import type { Transport } from '../transport/transport.ts'
import { clientAuthentication } from './client-authentication.ts'
import { declaresDeviations } from './declares-deviations.ts'
import { EngineClient } from './engine-client.ts'
import type { Deviations } from './deviations/deviations.ts'
import { reporter } from './deviations/used.ts'
import type { Emit } from './events.ts'
import type { KeySet } from './key-set.ts'
import { type RequestValues, writeForm } from '../definition/parameters.ts'
import type { ExpectedIdToken, GrantClient, GrantPort, TokenRequest } from './port.ts'
import { rememberRefreshToken } from './salvage.ts'
import { requestTokenResponse, type TokenRequestContext } from './token-request.ts'
import type { TokenResponse } from './token-response.ts'

/** The port of the grants, on openid-client and jose. It holds the client's secret, and shows it to nobody. */
export class OpenidClientPort<Scope extends string = string> implements GrantPort<Scope> {
  readonly provider: ProviderDefinition<Scope>
  readonly client: GrantClient
  readonly clock: Clock
  readonly #transport: Transport
  readonly #emit: Emit
  readonly #registration: CheckedClient
  readonly #deviates: boolean
  #keys: KeySet | undefined
  #idTokens: typeof import('./id-token.ts') | undefined
  #deviations: Promise<Deviations> | undefined
  #engine: EngineClient | undefined
  #contexts: Map<string, TokenRequestContext> | undefined

  constructor(provider: ProviderDefinition<Scope>, client: CheckedClient, transport: Transport, emit: Emit) {
    const { clientId, redirectUris, confidential } = client
    this.provider = provider
    this.client = Object.freeze({ clientId, redirectUris, confidential })
    this.clock = transport.clock
    this.#transport = transport
    this.#emit = emit
    this.#registration = client
    this.#deviates = declaresDeviations(provider)
  }

  authorizationUrl(parameters: RequestValues): URL | Promise<URL> {
    const { name, metadata } = this.provider
    if (metadata.authorization_endpoint === undefined)
      throw new GrantError(
        'config_invalid',
        `${name} has no authorization_endpoint in its metadata: add it, or use a grant without a user`,
      )
    const { authorization_endpoint: endpoint } = metadata
    const fixed = this.provider.parameters?.authorization
    const values = fixed ? { ...fixed, ...parameters } : parameters
    const deviations = this.#loadDeviations()
    if (deviations) return deviations.then((provider) => provider.authorizationUrl(new URL(endpoint), values))
    return new URL(`${endpoint}${endpoint.includes('?') ? '&' : '?'}${writeForm(values)}`)
  }

  readCallback(parameters: URLSearchParams): URLSearchParams | Promise<URLSearchParams> {
    return this.#loadDeviations()?.then((provider) => provider.callback(parameters)) ?? parameters
  }

  async requestToken(request: TokenRequest): Promise<Token> {
    const { grantType } = request
    const sentAt = this.clock.now()
    const context = this.#contexts?.get(grantType) ?? (await this.#context(grantType))
    const response = await requestTokenResponse(request, context)
    const openid = request.idToken && (await this.#readIdToken(response, request.idToken, grantType))
    const token = toToken(response, request, sentAt, openid)
    const type = grantType === 'refresh_token' ? 'refreshed' : 'issued'
    this.#emit({ type, grantType, scope: token.scope })
    return token
  }

  /** Revokes the tokens of a grant (RFC 7009 §2.1). Rejects with a `GrantError`. */
  async revoke(token: Token, signal?: AbortSignal): Promise<void> {
    const { revokeToken, tokensToRevoke } = await import('./revocation.ts')
    const context = await this.#context('revocation')
    for (const revoked of tokensToRevoke(token, this.provider.revocation, reporter(this.#emit, 'revocation')))
      await revokeToken(revoked, context, token.extra, signal)
  }

  /** Deviations are code that only those load who need it. */
  #loadDeviations(): Promise<Deviations> | undefined {
    if (!this.#deviates) return undefined
    const { clientId, clientSecret } = this.#registration
    const context = { provider: this.provider, clientId, clientSecret, emit: this.#emit }
    return (this.#deviations ??= import('./deviations/deviations.ts').then((module) => new module.Deviations(context)))
  }

  async #context(grantType: string): Promise<TokenRequestContext> {
    const context = this.#makeContext(grantType, await this.#loadDeviations())
    ;(this.#contexts ??= new Map()).set(grantType, context)
    return context
  }

  #makeContext(grantType: string, deviations: Deviations | undefined): TokenRequestContext {
    const { provider, clock } = this
    const { clientId, clientSecret } = this.#registration
    return {
      provider,
      clientId,
      authenticate: clientAuthentication(this.#registration, provider, {
        grantType,
        clock,
        used: reporter(this.#emit, grantType),
      }),
      secrets: clientSecret === undefined ? [] : [clientSecret],
      transport: this.#transport,
      emit: this.#emit,
      deviations,
      engine: (this.#engine ??= this.#makeEngine()),
    }
  }

  #makeEngine(): EngineClient {
    const { name, metadata } = this.provider
    const { clientId } = this.client
    const { issuer = name, token_endpoint: tokenEndpoint } = metadata
    return new EngineClient({ issuer, tokenEndpoint, clientId, clock: this.clock })
  }

  async #readIdToken(
    { idToken, accessToken, refreshToken }: TokenResponse,
    expected: ExpectedIdToken,
    grantType: string,
  ): Promise<VerifiedIdToken | undefined> {
    try {
      return await this.#verifyIdToken(idToken, expected, accessToken)
    } catch (error) {
      if (grantType === 'refresh_token') rememberRefreshToken(error as GrantError, refreshToken)
      throw error
    }
  }

  async #verifyIdToken(
    idToken: unknown,
    expected: ExpectedIdToken,
    accessToken: string,
  ): Promise<VerifiedIdToken | undefined> {
    if (idToken === undefined && !expected.required) return undefined
    if (idToken === undefined)
      throw new GrantError('id_token_invalid', `${this.provider.name} sent no ID token, though the scope has "openid"`)
    const { issuer, id_token_signing_alg_values_supported: listed = [] } = this.provider.metadata
    const { idTokenSigningAlgorithm: registered } = this.#registration
    const asymmetric = listed.filter((algorithm) => /^(?:RS|PS|ES|Ed)/.test(algorithm))
    const { KeySet: Keys, verifyIdToken } = (this.#idTokens ??= await import('./id-token.ts'))
    const claims = await verifyIdToken(idToken, expected, {
      issuer: this.provider.idToken?.issuer ?? issuer ?? '',
      clientId: this.client.clientId,
      algorithms: registered ? [registered] : asymmetric.length > 0 ? asymmetric : ['RS256'],
      keys: (this.#keys ??= new Keys(() => this.#fetchKeys(), this.clock)),
      now: this.clock.now(),
      accessToken,
    })
    if (this.provider.idToken?.issuer !== undefined && claims['iss'] !== issuer)
      this.#emit({ type: 'normalised', deviation: 'idToken.issuer' })
    return { idToken: idToken as string, claims }
  }

  async #fetchKeys(): Promise<unknown> {
    const { jwks_uri } = this.provider.metadata
    if (jwks_uri === undefined)
      throw new GrantError(
        'config_invalid',
        `${this.provider.name} has no jwks_uri in its metadata: add it to verify ID tokens`,
      )
    const { getJson } = await import('../transport/get-json.ts')
    const { status, json } = await getJson(this.#transport, 'jwks_uri', jwks_uri, this.#transport.limits.keys)
    if (status === 200) return json
    throw new GrantError(
      'id_token_invalid',
      `the keys of ${this.provider.name} could not be fetched (status ${status})`,
      { status, ...(status >= 500 && { action: 'retry' }) },
    )
  }
}

interface VerifiedIdToken {
  readonly idToken: string
  readonly claims: Readonly<Record<string, unknown>>
}

/** The token of an answer. An ID token that nobody asked for is left among the extras, unread. */
function toToken(
  { accessToken, tokenType, scope, refreshToken, expiresIn, refreshExpiresIn, idToken, extra }: TokenResponse,
  request: TokenRequest,
  sentAt: number,
  openid: VerifiedIdToken | undefined,
): Token {
  return new Token({
    accessToken,
    tokenType,
    scope: scope ?? request.assumedScope ?? request.scope,
    requestedScope: request.scope?.length ? request.scope : undefined,
    expiresAt: expiresIn === undefined ? undefined : sentAt + expiresIn * 1000,
    refreshExpiresAt: refreshExpiresIn === undefined ? undefined : sentAt + refreshExpiresIn * 1000,
    refreshToken,
    ...openid,
    extra: openid || idToken === undefined ? extra : { ...extra, id_token: idToken },
  })
}
