import { GrantError } from '../errors/grant-error.ts'
import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import type { IdTokenClaims } from '../token/id-token-claims.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { EndpointName } from '../definition/server-metadata.ts'
import { load } from '../transport/load.ts'
import type { Transport } from '../transport/transport.ts'
import type { RequestValues } from '../wire/form.ts'
import { authorizationUrl } from './authorization-url.ts'
import { BackChannel, type BackChannelContext } from './back-channel.ts'
import type { Emit } from './events.ts'
import { reporter } from './deviations/used.ts'
import type { IdTokenVerifier, VerifiedIdToken } from './openid/verifier.ts'
import type {
  AssertionClaims,
  AuthorizationDelivery,
  Exchange,
  ExpectedIdToken,
  GrantClient,
  GrantPort,
  TokenRequest,
} from './port.ts'
import type { RevocableGrant } from './revocation.ts'
import { requestTokenResponse } from './token-request.ts'
import { tokenOf } from './token-of.ts'
import type { TokenResponse } from './token-response.ts'

/** The back channel of a port, and who asks whom on it. */
export interface BehindPort {
  readonly context: BackChannelContext
  readonly channel: BackChannel
  /** What verifies what the server signs. */
  readonly verifier: () => Promise<IdTokenVerifier>
}

/** The port of the grants to one server, as one client. It holds the client's secret, and shows it to nobody. */
export class ProviderPort<
  Scope extends string = string,
  Detail extends AuthorizationDetail = AuthorizationDetail,
> implements GrantPort<Scope, Detail> {
  readonly provider: ProviderDefinition<Scope, EndpointName, Detail>
  readonly client: GrantClient
  readonly clock: Clock
  readonly #context: BackChannelContext & { readonly provider: ProviderDefinition<Scope, EndpointName, Detail> }
  readonly #channel: BackChannel
  #idTokens: IdTokenVerifier | undefined

  /** What stands behind a port, for entries of this package: it holds the client's secret. */
  static behind(port: ProviderPort): BehindPort {
    return { context: port.#context, channel: port.#channel, verifier: () => port.#verifier() }
  }

  constructor(context: BackChannelContext & { readonly provider: ProviderDefinition<Scope, EndpointName, Detail> }) {
    const { clientId, redirectUris, confidential } = context.client
    this.provider = context.provider
    this.client = Object.freeze({ clientId, redirectUris, confidential })
    this.clock = context.transport.clock
    this.#context = context
    this.#channel = new BackChannel(context)
  }

  /** The same port for one token source, whose events have its key. It shares the keys of the provider. */
  forKey(key: string): ProviderPort<Scope, Detail> {
    const { emit, transport } = this.#context
    const keyed: Emit = (event) => emit({ ...event, key })
    const observe: Transport['observe'] = (request) => keyed({ type: 'request', ...request })
    const port = new ProviderPort({ ...this.#context, emit: keyed, transport: { ...transport, observe } })
    port.#verifier = () => this.#verifier()
    return port
  }

  async authorizationUrl(parameters: RequestValues, delivery: AuthorizationDelivery = {}): Promise<URL> {
    return authorizationUrl(parameters, delivery, { context: this.#context, channel: this.#channel })
  }

  async readCallback(parameters: URLSearchParams): Promise<URLSearchParams> {
    const deviations = await this.#channel.deviations()
    return deviations ? deviations.callback(parameters) : parameters
  }

  async readSignedResponse(response: string): Promise<URLSearchParams> {
    const { readSignedResponse } = await load(() => import('./authorization/signed-response.ts'))
    return readSignedResponse(response, { context: this.#context, verifier: await this.#verifier() })
  }

  async readIdToken(idToken: string, expected: ExpectedIdToken): Promise<IdTokenClaims> {
    const verifier = await this.#verifier()
    return (await verifier.verify(idToken, '', expected)).claims
  }

  async requestToken(request: TokenRequest): Promise<Token> {
    const exchange = await this.exchange(request)
    if ('error' in exchange) throw exchange.error
    return exchange.verified()
  }

  async exchange(request: TokenRequest): Promise<Exchange> {
    if (request.idToken) checkBinding(this.provider, request)
    const verifier = request.idToken && (await this.#verifier())
    const sentAt = this.clock.now()
    const outcome = await requestTokenResponse(this.#channel, this.provider, request)
    if ('error' in outcome) return outcome
    const { response } = outcome
    const token = tokenOf(response, request, sentAt)
    const verified = async (): Promise<Token> => {
      const openid = verifier && (await this.#verifyIdToken(response, request, verifier))
      return this.#announced(openid ? token.with({ ...openid, extra: response.extra }) : token, request)
    }
    return { token, verified }
  }

  async request(
    endpoint: string,
    parameters: RequestValues,
    options: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Record<string, unknown>> {
    const { requestEndpoint } = await load(() => import('./endpoint-request.ts'))
    return requestEndpoint(this.#channel, this.provider, { endpoint, parameters, ...options })
  }

  async signAssertion(claims: AssertionClaims): Promise<string> {
    const { signAssertion } = await load(() => import('./authentication/assertion-grant.ts'))
    const { client, provider } = this.#context
    return signAssertion(claims, { client, provider, now: this.clock.now() })
  }

  /** Revokes the tokens of a grant (RFC 7009 §2.1). Rejects with a `GrantError`. */
  async revoke(grant: RevocableGrant, signal?: AbortSignal): Promise<void> {
    const { revokeGrant } = await load(() => import('./revocation.ts'))
    await revokeGrant(grant, {
      channel: this.#channel,
      provider: this.provider,
      clientId: this.client.clientId,
      used: reporter(this.#context.emit, 'revocation'),
      signal,
    })
  }

  #announced(token: Token, { grantType }: TokenRequest): Token {
    const type = grantType === 'refresh_token' ? 'refreshed' : 'issued'
    this.#context.emit({ type, grantType, scope: token.scope })
    return token
  }

  async #verifyIdToken(
    { idToken, accessToken }: TokenResponse,
    { idToken: expected = { required: true } }: TokenRequest,
    verifier: IdTokenVerifier,
  ): Promise<VerifiedIdToken | undefined> {
    const { name } = this.provider
    if (idToken !== undefined) return verifier.verify(idToken, accessToken, expected)
    if (!expected.required) return undefined
    throw new GrantError(
      'id_token_invalid',
      `${name} sent no ID token, though the login asked for one, by the scope "openid" or a nonce`,
      { provider: name },
    )
  }

  /** What verifies ID tokens, loaded before a request whose response may have one is sent. */
  #verifier = async (): Promise<IdTokenVerifier> => {
    const { IdTokenVerifier: Verifier } = await load(() => import('./openid/verifier.ts'))
    return (this.#idTokens ??= new Verifier(this.#context)).ready()
  }
}

/** Where ID tokens lack the nonce, the code verifier has to bind them to the login. Throws `config_invalid`. */
function checkBinding({ name, idToken, pkce }: ProviderDefinition, { grantType, parameters }: TokenRequest): void {
  if (idToken?.nonce !== 'missing' || pkce === 'refused' || grantType !== 'authorization_code') return
  if (parameters['code_verifier'] !== undefined) return
  const message = `the ID tokens of ${name} have no nonce, so the login needs PKCE: use provider.grant(Pkce)`
  throw new GrantError('config_invalid', message, { provider: name })
}
