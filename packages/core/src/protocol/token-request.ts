import type { ClientAuthentication } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { send, type OAuthRequest, type Transport } from '../transport/transport.ts'
import { authenticateRequest } from './client-authentication.ts'
import type { Deviations } from './deviations/deviations.ts'
import type { NormalisedAnswer } from './deviations/error.ts'
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
}

/** Sends a token request and checks its answer. Every guard and every check is ours; the engine makes the request and reads what has passed them. */
export async function requestTokenResponse(
  request: TokenRequest,
  context: TokenRequestContext,
): Promise<TokenResponse> {
  const exchange = new TokenExchange(request, context)
  const openid = await import('./engine.ts')
  const { issuer, token_endpoint } = context.provider.metadata
  const server = { issuer: issuer ?? context.provider.name, token_endpoint }
  const skew = { [openid.clockSkew]: Math.floor((context.transport.clock.now() - Date.now()) / 1000) }
  // oxlint-disable-next-line typescript/no-misused-promises -- the engine awaits it, though its type does not say so
  const engine = new openid.Configuration(server, context.clientId, skew, (_server, _client, body, headers) =>
    exchange.authenticate(body, headers),
  )
  engine[openid.customFetch] = (_url, options) =>
    exchange.send(new Headers(options.headers), options.body as URLSearchParams)
  engine.timeout = 0 // the transport's deadline covers the body, too
  if (new URL(token_endpoint).protocol === 'http:') openid.allowInsecureRequests(engine) // loopback: the transport lets nothing else through
  try {
    await openid.genericGrantRequest(engine, request.grantType, exchange.parameters)
    return exchange.response
  } catch (error) {
    throw (
      exchange.failure ??
      new GrantError('token_response_invalid', 'the token answer was refused', {
        cause: error,
        secrets: exchange.secrets,
      })
    )
  }
}

/** One request on its way through the engine: what is sent, what came back, and what went wrong. */
class TokenExchange {
  readonly parameters: URLSearchParams
  readonly #request: TokenRequest
  readonly #context: TokenRequestContext
  #response: TokenResponse | undefined
  failure: GrantError | undefined
  secrets: readonly string[]

  constructor(request: TokenRequest, context: TokenRequestContext) {
    const { parameters, scope = [], resource, extra } = request
    this.#request = request
    this.#context = context
    this.parameters = new URLSearchParams()
    const own: RequestValues = { ...parameters, scope: scope.join(' '), resource }
    const reserved = new Set([...reservedInTokenRequest, ...Object.keys(parameters)])
    const { parameters: fixed, grants } = context.provider
    const ofPreset = { ...fixed?.token, ...grants?.[request.grantType]?.parameters }
    append(this.parameters, { ...ofPreset, ...checkExtra(extra, reserved), ...own })
    this.secrets = context.secrets
  }

  get response(): TokenResponse {
    if (!this.#response) throw new GrantError('token_response_invalid', 'the engine made no request')
    return this.#response
  }

  async authenticate(body: URLSearchParams, headers: Headers): Promise<void> {
    const { clientId, authenticate } = this.#context
    try {
      await authenticateRequest(authenticate, { url: this.#endpoint, headers, body, clientId }, this.secrets)
    } catch (error) {
      throw (this.failure = error as GrantError)
    }
  }

  async send(headers: Headers, body: URLSearchParams): Promise<Response> {
    this.secrets = [...this.secrets, ...secretsOf(headers, body)]
    try {
      return await this.#send(headers, body)
    } catch (error) {
      throw (this.failure = error as GrantError)
    }
  }

  get #endpoint(): URL {
    const { metadata, grants } = this.#context.provider
    return new URL(grants?.[this.#request.grantType]?.endpoint ?? metadata.token_endpoint)
  }

  async #send(headers: Headers, body: URLSearchParams): Promise<Response> {
    const { transport, deviations } = this.#context
    const { grantType, signal } = this.#request
    headers.set('content-type', 'application/x-www-form-urlencoded') // RFC 6749 App. B knows no charset parameter
    if (headers.has('user-agent')) headers.set('user-agent', 'grantkit') // where the engine may name itself: not in a browser
    const outgoing = await this.#write(headers, body)
    const answer = await send(transport, {
      ...outgoing,
      signal,
      maxBytes: transport.limits.token,
      secrets: this.secrets,
    })
    const now = transport.clock.now()
    this.#response = this.#read(deviations ? await deviations.answer(grantType, answer, now) : answer)
    return canonical(this.#response)
  }

  async #write(
    headers: Headers,
    body: URLSearchParams,
  ): Promise<Pick<OAuthRequest, 'url' | 'method' | 'headers' | 'body'>> {
    const { grantType, said } = this.#request
    const url = this.#endpoint
    const outgoing = await this.#context.deviations?.request(grantType, { url, headers, body }, said)
    if (!outgoing) return { url: url.href, method: 'POST', headers, body: body.toString() }
    this.secrets = [...this.secrets, ...secretsOf(outgoing.headers, new URLSearchParams(outgoing.body))]
    return outgoing
  }

  #read(answer: NormalisedAnswer): TokenResponse {
    const { provider, transport } = this.#context
    const { grantType } = this.#request
    if (isError(answer))
      throw tokenError(answer, {
        provider: provider.name,
        grantType,
        now: transport.clock.now(),
        secrets: this.secrets,
      })
    return this.#readSuccess(answer)
  }

  #readSuccess(answer: NormalisedAnswer): TokenResponse {
    const { grantType } = this.#request
    try {
      return readTokenResponse(answer, { grantType, secrets: this.secrets })
    } catch (error) {
      if (grantType === 'refresh_token') rememberRefreshTokenOf(error as GrantError, answer.body)
      throw error
    }
  }
}

/** Some servers say what went wrong with status 200, GitHub among them. An answer that has a token is none of these. */
function isError({ status, body, failed }: NormalisedAnswer): boolean {
  if (failed || status >= 400) return true
  return body.includes('error') && !memberOf(body, 'access_token') && errorInBody(body) !== undefined
}

/** What the engine gets to read: the members it knows, as RFC 6749 §5.1 writes them. An ID token is verified elsewhere. */
function canonical({ accessToken, tokenType, expiresIn, refreshToken, scope }: TokenResponse): Response {
  return Response.json({
    access_token: accessToken,
    token_type: tokenType,
    expires_in: expiresIn,
    refresh_token: refreshToken,
    scope: scope?.join(' '),
  })
}
