import type { RequestValues } from '../../wire/form.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'
import type { OAuthAnswer } from '../../transport/transport.ts'
import type { Emit } from '../events.ts'
import { normaliseRevocation, normaliseTokenAnswer } from './answer.ts'
import { deviateAuthorization } from './authorization.ts'
import { normaliseCallback } from './callback.ts'
import type { NormalisedAnswer } from './error.ts'
import { deviateRequest, type Draft, encodeRequest, hostFor, type Outgoing, requestRules } from './request.ts'
import { secretsOf } from '../request-secrets.ts'
import { reporter } from './used.ts'

/** Whom the deviations are for. */
export interface DeviationContext {
  readonly provider: ProviderDefinition
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly emit: Emit
}

/**
 * Everything in which a provider deviates: its requests are written as it wants them, its answers are rewritten as the
 * standards want them, and only then does the strict core read them. It is loaded for definitions that declare some.
 */
export class Deviations {
  readonly #context: DeviationContext

  constructor(context: DeviationContext) {
    this.#context = context
  }

  /** Adds the parameters to the authorization endpoint. */
  authorizationUrl(endpoint: URL, parameters: RequestValues): URL {
    const { provider, emit } = this.#context
    return deviateAuthorization(endpoint, parameters, provider, reporter(emit))
  }

  /** The parameters of a callback by their names in the standards. Rejects with `callback_invalid` when the hook refuses it. */
  async callback(received: URLSearchParams): Promise<URLSearchParams> {
    const { provider, clientId, clientSecret, emit } = this.#context
    const { callback: hook } = provider.hooks ?? {}
    const used = reporter(emit)
    const parameters = new URLSearchParams(received)
    await this.#run('callback_invalid', 'callback', [...received.values()], () =>
      hook?.({ parameters, clientId, clientSecret }),
    )
    if (parameters.toString() !== received.toString()) used('hooks.callback')
    return normaliseCallback(parameters, provider.callback ?? {}, used)
  }

  /** The request that is sent. `said` is what the provider has said to this user before: values of the callback, extras of the token. */
  async request(grantType: string, draft: Draft, said?: Readonly<Record<string, unknown>>): Promise<Outgoing> {
    const { provider, clientId, clientSecret, emit } = this.#context
    const used = reporter(emit, grantType)
    const rules = requestRules(provider, grantType)
    const { url, headers, body } = deviateRequest(draft, rules, provider.scopeSeparator, used)
    hostFor(url, provider, said, used)
    const { request: hook } = provider.hooks ?? {}
    if (hook) {
      used('hooks.request')
      const hooked = { url, headers, body, clientId, clientSecret, grantType }
      await this.#run('config_invalid', 'request', secretsOf(headers, body), () => hook(hooked))
    }
    return encodeRequest({ url, headers, body }, rules, used)
  }

  /** The answer as the strict core reads it. */
  async answer(grantType: string, received: OAuthAnswer, now: number): Promise<NormalisedAnswer> {
    const { provider, emit } = this.#context
    const used = reporter(emit, grantType)
    const { tokenResponse = {}, revocation } = provider
    const answer = await this.#read(grantType, received)
    return grantType === 'revocation'
      ? normaliseRevocation(answer, revocation?.statuses, tokenResponse, used)
      : normaliseTokenAnswer(answer, tokenResponse, now, used)
  }

  async #read(grantType: string, { status, headers, body }: OAuthAnswer): Promise<NormalisedAnswer> {
    const { provider, emit } = this.#context
    const { response: hook } = provider.hooks ?? {}
    const members = await this.#run('token_response_invalid', 'response', [body], () =>
      hook?.({ grantType, status, headers: headers instanceof Headers ? headers : new Headers([...headers]), body }),
    )
    if (members === undefined) return { status, headers, body }
    reporter(emit, grantType)('hooks.response')
    return { status, headers, body: JSON.stringify(members), failed: typeof members['error'] === 'string' }
  }

  /** Runs a hook. Its error may quote what it was given, so that is cut out. */
  async #run<T>(code: GrantErrorCode, stage: string, given: readonly string[], hook: () => T): Promise<Awaited<T>> {
    try {
      return await hook()
    } catch (error) {
      if (error instanceof GrantError) throw error
      const secrets = [this.#context.clientSecret ?? '', ...given]
      throw new GrantError(code, `the ${stage} hook of ${this.#context.provider.name} failed`, {
        cause: error,
        secrets,
      })
    }
  }
}
