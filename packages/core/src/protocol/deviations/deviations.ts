import type { RequestValues } from '../../wire/form.ts'
import type { ProviderHooks } from '../../definition/hooks.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'
import type { OAuthResponse } from '../../transport/transport.ts'
import type { Emit } from '../events.ts'
import { normaliseRevocation, normaliseTokenResponse } from './response.ts'
import { deviateAuthorization, deviateParameters } from './authorization.ts'
import { normaliseCallback } from './callback.ts'
import { errorOfStatus, type NormalisedResponse } from './error.ts'
import {
  deviateRequest,
  type Draft,
  encodeRequest,
  hostFor,
  isDescribed,
  type Outgoing,
  type RequestPurpose,
  requestRules,
  type Said,
} from './request.ts'
import { secretsOf } from '../request-secrets.ts'
import { reporter } from './used.ts'

/** The provider and the client that the deviations are for. */
export interface DeviationContext {
  readonly provider: ProviderDefinition
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly emit: Emit
}

/** A request as it is sent, and the secrets that no error about it may show. */
export interface DeviatingRequest {
  readonly outgoing: Outgoing
  readonly secrets: readonly string[]
}

/** The code of the error where a hook fails. */
const codes: Readonly<Record<keyof ProviderHooks, GrantErrorCode>> = {
  callback: 'callback_invalid',
  request: 'config_invalid',
  response: 'token_response_invalid',
}

/**
 * The deviations of a provider: requests are written as the provider expects them, and responses are rewritten to the
 * standards before the strict core reads them. Loaded only for definitions that declare deviations.
 */
export class Deviations {
  readonly #context: DeviationContext

  constructor(context: DeviationContext) {
    this.#context = context
  }

  /** The parameters of an authorization request that does not travel in the URL: pushed, or signed. */
  authorizationParameters(parameters: RequestValues): URLSearchParams {
    const { provider, emit } = this.#context
    return deviateParameters(parameters, { provider, used: reporter(emit) })
  }

  /** Adds the parameters to the authorization endpoint. */
  authorizationUrl(endpoint: URL, parameters: RequestValues): URL {
    const { provider, emit } = this.#context
    return deviateAuthorization(endpoint, parameters, { provider, used: reporter(emit) })
  }

  /** The parameters of a callback by their names in the standards. Rejects with `callback_invalid` when the hook refuses it. */
  async callback(received: URLSearchParams): Promise<URLSearchParams> {
    const { provider, clientId, clientSecret, emit } = this.#context
    const { callback: hook } = provider.hooks ?? {}
    const used = reporter(emit)
    const parameters = new URLSearchParams(received)
    await this.#run('callback', [...received.values()], () => hook?.({ parameters, clientId, clientSecret }))
    if (parameters.toString() !== received.toString()) used('hooks.callback')
    return normaliseCallback(parameters, provider.callback ?? {}, used)
  }

  /** The request that is sent, with the secrets in it. */
  async request(what: RequestPurpose, draft: Draft, said?: Said): Promise<DeviatingRequest> {
    const { provider, clientId, clientSecret, emit } = this.#context
    const { purpose: grantType } = what
    const used = reporter(emit, grantType)
    const rules = requestRules(provider, what)
    const { url, headers, body } = deviateRequest(draft, rules, used)
    hostFor(url, { provider, said }, used)
    const { request: hook } = provider.hooks ?? {}
    if (hook && isDescribed(what)) {
      used('hooks.request')
      const hooked = { url, headers, body, clientId, clientSecret, grantType, metadata: provider.metadata }
      await this.#run('request', secretsOf(headers, body), () => hook(hooked))
    }
    const secrets = secretsOf(headers, body) // before the form is encoded, since JSON cannot be told apart
    return { outgoing: encodeRequest({ url, headers, body }, rules, used), secrets }
  }

  /** The response as the strict core reads it. One that a definition cannot describe stays as it is. */
  async response(what: RequestPurpose, received: OAuthResponse, now: number): Promise<NormalisedResponse> {
    if (!isDescribed(what)) return received
    const { provider, emit } = this.#context
    const { purpose: grantType } = what
    const used = reporter(emit, grantType)
    const { tokenResponse = {}, revocation, grants } = provider
    const response = await this.#read(grantType, received)
    if (grantType === 'revocation')
      return normaliseRevocation(response, { statuses: revocation?.statuses, error: tokenResponse.error }, used)
    const normalised = normaliseTokenResponse(response, tokenResponse, { now, used })
    return errorOfStatus(normalised, { errors: grants?.[grantType]?.errors, place: `grants.${grantType}.errors` }, used)
  }

  /** A response as the hook reads it, where there is one. */
  async #read(grantType: string, received: OAuthResponse): Promise<NormalisedResponse> {
    const { provider, emit } = this.#context
    const { response: hook } = provider.hooks ?? {}
    if (!hook) return received
    const { status, headers, body } = received
    const read = await this.#run('response', [body], async () => {
      const fields = await hook({ grantType, status, headers: new Headers([...headers]), body })
      return fields && { body: JSON.stringify(fields), failed: typeof fields['error'] === 'string' }
    })
    if (!read) return received
    reporter(emit, grantType)('hooks.response')
    return { status, headers, ...read }
  }

  /** Runs a hook. Its error may quote what it was given, so that is cut out. */
  async #run<T>(stage: keyof ProviderHooks, given: readonly string[], hook: () => T): Promise<Awaited<T>> {
    try {
      return await hook()
    } catch (error) {
      if (error instanceof GrantError) throw error
      const secrets = [this.#context.clientSecret ?? '', ...given]
      const { name } = this.#context.provider
      throw new GrantError(codes[stage], `the ${stage} hook of ${name} failed`, {
        provider: name,
        cause: error,
        secrets,
      })
    }
  }
}
