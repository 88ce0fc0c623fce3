import type { CheckedClient } from '../definition/check/client.ts'
import type { ClientAuthentication } from '../definition/client-registration.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { Token } from '../token/token.ts'
import { load } from '../transport/load.ts'
import { placeOf } from '../transport/place.ts'
import { send } from '../transport/send.ts'
import type { OAuthRequest, OAuthResponse, Transport } from '../transport/transport.ts'
import { formOf, type RequestValues } from '../wire/form.ts'
import { authenticateRequest, clientAuthentication } from './authentication/client-authentication.ts'
import { howAuthenticated } from './authentication/how-authenticated.ts'
import { declaresDeviations } from './declares-deviations.ts'
import type { DeviatingRequest, Deviations } from './deviations/deviations.ts'
import type { NormalisedResponse } from './deviations/error.ts'
import type { Draft, RequestPurpose } from './deviations/request.ts'
import { reporter } from './deviations/used.ts'
import type { Emit } from './events.ts'
import { isError, readOAuthError, type SentRequest, tokenError } from './oauth-error.ts'
import type { ProofOfPossession } from './proof-of-possession.ts'
import { secretsOf } from './request-secrets.ts'

/** The client, the provider and the transport. */
export interface BackChannelContext {
  readonly provider: ProviderDefinition
  readonly client: CheckedClient
  readonly transport: Transport
  readonly emit: Emit
  /** Binds tokens to a key, where the provider was made so. */
  readonly proofs?: ProofOfPossession | undefined
  /** The only algorithms that may sign what the server sends, where a profile says so. */
  readonly signatureAlgorithms?: readonly string[] | undefined
}

/** A request to an endpoint of the server. */
export interface BackChannelRequest extends RequestPurpose {
  readonly url: URL
  readonly parameters: RequestValues
  /** What the provider has said to this user before: values kept of the callback, extras of the token. */
  readonly said?: Readonly<Record<string, unknown>> | undefined
  /** Headers beside those of every request, such as a DPoP proof. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** A token that is presented in place of the client, in a GET. */
  readonly presents?: Pick<Token, 'accessToken' | 'tokenType'> | undefined
  /** How the client authenticates, where it is not as it does elsewhere. */
  readonly authenticate?: ClientAuthentication | undefined
  readonly signal?: AbortSignal | undefined
}

/** A response in the terms of the standards. */
export interface BackChannelResponse extends NormalisedResponse {
  /** What an error about it tells of its request. */
  readonly request: SentRequest
}

/** A request as it is sent once, and what no error about it may show. */
interface Attempt {
  readonly draft: Draft
  readonly sent: OAuthRequest
  /** What made its proof, where it has one. */
  readonly proofs: ProofOfPossession | undefined
  readonly secrets: () => readonly string[]
}

/** Requests beside those for tokens that carry a proof: RFC 9449 §10.1 names the first; the second shows who holds the key of what is revoked. */
const provenPurposes: ReadonlySet<string> = new Set(['pushed_authorization_request', 'revocation'])

/** RFC 6749 App. B knows no charset parameter. */
const formHeaders = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }

/**
 * The back channel to one server, as one client: makes one authenticated, guarded and normalised request to any of its
 * endpoints. Token requests, revocation and whatever else the client asks the server are readers of its responses.
 */
export class BackChannel {
  readonly #context: BackChannelContext

  constructor(context: BackChannelContext) {
    this.#context = context
  }

  /** What the provider does otherwise than the standards say; only a provider that declares something loads the code for it. */
  async deviations(): Promise<Deviations | undefined> {
    const { provider, client, emit } = this.#context
    if (!declaresDeviations(provider)) return undefined
    const { Deviations: Declared } = await load(() => import('./deviations/deviations.ts'))
    const { clientId, clientSecret } = client
    return new Declared({ provider, clientId, clientSecret, emit })
  }

  /** Makes a request and resolves to its response. Rejects with a `GrantError`, for an error response as well. */
  async request(request: BackChannelRequest): Promise<BackChannelResponse> {
    const response = await this.send(request)
    if (isError(response)) throw tokenError(response, response.request)
    return response
  }

  /** Makes a request and resolves to its response, be it an error or not. Rejects with a `GrantError` where there is none. */
  async send(request: BackChannelRequest): Promise<BackChannelResponse> {
    const { provider, transport } = this.#context
    const { purpose, signal } = request
    const deviations = request.presents ? undefined : await this.deviations()
    const first = await this.#attempt(request, deviations)
    const attempts = [first]
    const secrets = (): readonly string[] => attempts.flatMap((attempt) => attempt.secrets())
    const again = async (refused: OAuthResponse): Promise<OAuthRequest | undefined> => {
      if (!first.proofs?.remember(first.sent.url, refused.headers) || !asksForNonce(refused)) return undefined
      const next = await this.#attempt(request, deviations, refused.headers.get('dpop-nonce') ?? undefined)
      attempts.push(next)
      return next.sent
    }
    const received = await send(transport, first.sent, {
      grantType: purpose,
      signal,
      secrets,
      ...(first.proofs && { again }),
    })
    const { sent, draft, proofs } = attempts.at(-1) ?? first
    proofs?.remember(sent.url, received.headers)
    const now = transport.clock.now()
    const response = deviations ? await deviations.response(request, received, now) : received
    const authentication = (): string => howAuthenticated(draft, this.#context.client)
    const asked = { provider: provider.name, purpose, endpoint: placeOf(sent.url), authentication, now, secrets }
    return { ...response, request: { ...asked, proven: proofs !== undefined } }
  }

  /** One attempt at a request, with an assertion and a proof of its own. */
  async #attempt(request: BackChannelRequest, deviations: Deviations | undefined, nonce?: string): Promise<Attempt> {
    const { url, parameters, said, headers, presents } = request
    const draft: Draft = {
      url: new URL(url),
      headers: new Headers({ ...formHeaders, ...userAgent(), ...headers }),
      body: formOf(parameters),
    }
    await this.#authenticate(draft, request)
    const { outgoing, secrets: added } = (await deviations?.request(request, draft, said)) ?? plain(draft, presents)
    const proofs = isProven(request) && !('dpop' in outgoing.headers) ? this.#context.proofs : undefined
    const { method, url: target } = outgoing
    const accessToken = presents?.accessToken
    const proof = proofs && { dpop: await proofs.proof({ method, url: target, accessToken, nonce }) }
    return {
      draft,
      sent: { ...outgoing, headers: { ...outgoing.headers, ...proof }, maxBytes: this.#context.transport.limits.token },
      proofs,
      secrets: () => [...this.#secretsOf(draft), ...added, ...Object.values(proof ?? {})],
    }
  }

  /** Authenticates the client. */
  async #authenticate(draft: Draft, { purpose, authenticate }: BackChannelRequest): Promise<void> {
    const { provider, client, transport, emit } = this.#context
    const used = reporter(emit, purpose)
    const own = clientAuthentication(client, provider, { grantType: purpose, clock: transport.clock, used })
    const unauthenticated = { ...draft, clientId: client.clientId, metadata: provider.metadata }
    await authenticateRequest(authenticate ?? own, unauthenticated, () => this.#secretsOf(draft))
  }

  #secretsOf({ headers, body }: Draft): string[] {
    const { clientSecret } = this.#context.client
    return [...(clientSecret === undefined ? [] : [clientSecret]), ...secretsOf(headers, body)]
  }
}

function isProven({ purpose, isTokenRequest = false, presents }: BackChannelRequest): boolean {
  return presents ? presents.tokenType === 'DPoP' : isTokenRequest || provenPurposes.has(purpose)
}

/** Whether the server wants the same request with a proof that has its nonce (RFC 9449 §8). */
function asksForNonce(response: OAuthResponse): boolean {
  const { status } = response
  return (status === 400 || status === 401) && readOAuthError(response)?.error === 'use_dpop_nonce'
}

function plain({ url, headers, body }: Draft, presents: BackChannelRequest['presents']): DeviatingRequest {
  const sent = { url: url.href, headers: Object.fromEntries(headers) }
  const outgoing = presents
    ? ({ ...sent, method: 'GET' } as const)
    : ({ ...sent, method: 'POST', body: body.toString() } as const)
  return { outgoing, secrets: [] }
}

/** A page leaves its browser's name alone: another one would need the server's leave (Fetch Standard §4.8). */
function userAgent(): { readonly 'user-agent'?: string } {
  const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } }
  return navigator?.userAgent?.startsWith('Mozilla/') ? {} : { 'user-agent': 'grantkit' }
}
