import type { ClientAuthentication } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { send, type OAuthRequest, type Transport } from '../transport/transport.ts'
import { authenticateRequest } from './client-authentication.ts'
import type { Deviations } from './deviations/deviations.ts'
import type { NormalisedAnswer } from './deviations/error.ts'
import { type EngineClient, type EngineExchange, engineAnswer } from './engine-client.ts'
import type { Emit } from './events.ts'
import { errorInBody, memberOf, tokenError } from './oauth-error.ts'
import { append, checkExtra, reservedInTokenRequest, type RequestValues } from '../definition/parameters.ts'
import type { TokenRequest } from './port.ts'
import { secretsOf } from './request-secrets.ts'
import { rememberRefreshTokenOf } from './salvage.ts'
import { readTokenResponse, type TokenResponse } from './token-response.ts'

/** What stands behind a token request: who asks whom, and how. */
export interface TokenRequestContext {
  readonly provider: ProviderDefinition
  readonly clientId: string
  readonly authenticate: ClientAuthentication
  /** What no error may show, beside what the request itself carries. */
  readonly secrets: readonly string[]
  readonly transport: Transport
  readonly emit: Emit
  /** What the provider does otherwise than the standards say, if it is anything. */
  readonly deviations: Deviations | undefined
  readonly engine: EngineClient
}

/** Sends a token request and checks its answer. Every guard and every check is ours; the engine makes the request and reads what has passed them. */
export async function requestTokenResponse(
  request: TokenRequest,
  context: TokenRequestContext,
): Promise<TokenResponse> {
  const exchange = new TokenExchange(request, context)
  try {
    await context.engine.run(request.grantType, exchange)
    return exchange.response
  } catch (error) {
    throw ownError(error) ?? ownError((error as Error).cause) ?? exchange.refusal(error)
  }
}

/** What was thrown here; the engine passes it on as a cause. */
function ownError(error: unknown): GrantError | undefined {
  return error instanceof GrantError ? error : undefined
}

/** One request on its way through the engine: what is sent, and what came back. */
class TokenExchange implements EngineExchange {
  readonly #request: TokenRequest
  readonly #context: TokenRequestContext
  readonly #values: RequestValues
  /** What is written and sent, each as far as it has come. */
  readonly #written: [headers: Headers, body: URLSearchParams][] = []
  #response: TokenResponse | undefined

  constructor(request: TokenRequest, context: TokenRequestContext) {
    const { grantType, parameters, scope, resource, extra } = request
    const { parameters: fixed, grants } = context.provider
    const own: RequestValues = { ...parameters, scope: scope?.join(' '), resource, grant_type: undefined } // the engine writes it
    const given = extra && checkExtra(extra, new Set([...reservedInTokenRequest, ...Object.keys(parameters)]))
    const preset = grants?.[grantType]?.parameters
    this.#request = request
    this.#context = context
    this.#values = given || preset || fixed ? { ...fixed?.token, ...preset, ...given, ...own } : own
  }

  get response(): TokenResponse {
    if (!this.#response) throw this.refusal()
    return this.#response
  }

  /** What no error may show: found out only when there is one. */
  get secrets(): readonly string[] {
    return [...this.#context.secrets, ...this.#written.flatMap(([headers, body]) => secretsOf(headers, body))]
  }

  get grantType(): string {
    return this.#request.grantType
  }

  /** The error for an answer that the engine did not take. */
  refusal(cause?: unknown): GrantError {
    const { secrets } = this
    return new GrantError('token_response_invalid', 'the token answer was refused', { cause, secrets })
  }

  write(body: URLSearchParams, headers: Headers): Promise<void> {
    this.#written.push([headers, body])
    append(body, this.#values)
    const { grantType } = this
    const { clientId, authenticate, provider } = this.#context
    const request = {
      headers,
      body,
      clientId,
      get url() {
        return endpointOf(provider, grantType)
      },
    }
    return authenticateRequest(authenticate, request, this)
  }

  async send(headers: Record<string, string>, body: URLSearchParams): Promise<Response> {
    const { transport, deviations } = this.#context
    headers['content-type'] = 'application/x-www-form-urlencoded' // RFC 6749 App. B knows no charset parameter
    if ('user-agent' in headers) headers['user-agent'] = 'grantkit' // where the engine may name itself: not in a browser
    const outgoing = deviations ? await this.#deviate(deviations, headers, body) : this.#outgoing(headers, body)
    const answer = await send(transport, outgoing, this)
    this.#response = this.#read(
      deviations ? await deviations.answer(this.grantType, answer, transport.clock.now()) : answer,
    )
    return canonical(this.#response)
  }

  #outgoing(headers: Readonly<Record<string, string>>, body: URLSearchParams): OAuthRequest {
    const { transport, provider } = this.#context
    const { signal } = this.#request
    const url = provider.metadata.token_endpoint
    return { url, method: 'POST', headers, body: body.toString(), signal, maxBytes: transport.limits.token }
  }

  async #deviate(
    deviations: Deviations,
    headers: Readonly<Record<string, string>>,
    body: URLSearchParams,
  ): Promise<OAuthRequest> {
    const { said, signal } = this.#request
    const { provider, transport } = this.#context
    const draft = { url: endpointOf(provider, this.grantType), headers: new Headers(headers), body }
    const outgoing = await deviations.request(this.grantType, draft, said)
    this.#written.push([new Headers(outgoing.headers), new URLSearchParams(outgoing.body)])
    return { ...outgoing, signal, maxBytes: transport.limits.token }
  }

  #read(answer: NormalisedAnswer): TokenResponse {
    if (!isError(answer)) return this.#readSuccess(answer)
    const { provider, transport } = this.#context
    const { grantType, secrets } = this
    throw tokenError(answer, { provider: provider.name, grantType, now: transport.clock.now(), secrets })
  }

  #readSuccess(answer: NormalisedAnswer): TokenResponse {
    try {
      return readTokenResponse(answer, this)
    } catch (error) {
      if (this.grantType === 'refresh_token') rememberRefreshTokenOf(error as GrantError, answer.body)
      throw error
    }
  }
}

function endpointOf({ metadata, grants }: ProviderDefinition, grantType: string): URL {
  return new URL(grants?.[grantType]?.endpoint ?? metadata.token_endpoint)
}

/** Some servers say what went wrong with status 200, GitHub among them. An answer that has a token is none of these. */
function isError({ status, body, failed }: NormalisedAnswer): boolean {
  if (failed || status >= 400) return true
  return body.includes('error') && !memberOf(body, 'access_token') && errorInBody(body) !== undefined
}

/** What the engine gets to read: the members it knows, as RFC 6749 §5.1 writes them. An ID token is verified elsewhere. */
function canonical({ accessToken, tokenType, expiresIn, refreshToken, scope }: TokenResponse): Response {
  return engineAnswer({
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresIn,
    refresh_token: refreshToken,
    scope: scope?.join(' '),
  })
}
