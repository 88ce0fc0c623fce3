import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import { type BackchannelAuthenticationOptions, backchannelParameters } from './backchannel-request.ts'
import { Grant } from './grant.ts'
import { issued } from './issued.ts'
import { beginning, PendingResponse, printableAscii } from './pending-response.ts'
import { checkPending, type PendingTransaction } from './pending-transaction.ts'
import { checkPing, type PingRequest } from './ping.ts'
import { decided, pendingOptions, type PendingOptions, pollForToken } from './polling.ts'

/** A CIBA login under way: plain JSON. Keep it like a password. */
export interface BackchannelTransaction extends PendingTransaction {
  /** What the token is requested with (CIBA Core 1.0 §7.3). */
  readonly authReqId: string
  /** What the ping of this login presents. */
  readonly clientNotificationToken?: string
  /** Whether the ping has come: the token may be requested at once. */
  readonly pinged?: true
}

/** A login that was begun. */
export interface BackchannelAuthenticationRequest {
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** The login under way. */
  readonly transaction: BackchannelTransaction
}

/**
 * A login that the client begins and the user agrees to on a device of their own, with no redirect in between: at a till,
 * on the phone with an agent (OpenID Connect CIBA Core 1.0, in the modes poll and ping). The client has to authenticate.
 *
 * @example
 * ```ts
 * import { BackchannelAuthentication, Provider } from '@grantkit/core'
 *
 * const client = { clientId: 'my-till', clientSecret: 'my-secret' }
 *
 * async function pay(loginHint: string) {
 *   const bank = await Provider.discover('https://id.acme.example', client)
 *   const till = bank.grant(BackchannelAuthentication)
 *   const { transaction } = await till.authorize({ scope: ['openid', 'payments'], loginHint, bindingMessage: 'W4SCT' })
 *   return till.requestToken(transaction) // resolves when the user has agreed
 * }
 * ```
 */
export class BackchannelAuthentication<Scope extends string = string> extends Grant<Scope> {
  /** CIBA Core 1.0 §10.1. */
  static readonly grantType = 'urn:openid:params:grant-type:ciba'
  /** Where a login begins (CIBA Core 1.0 §7). */
  readonly endpoint = 'backchannel_authentication_endpoint'

  /** Begins a login. Rejects with `config_invalid`, `authorization_denied`, or with `token_response_invalid` for a response that breaks CIBA Core 1.0 §7.3. */
  async authorize(options: BackchannelAuthenticationOptions<Scope>): Promise<BackchannelAuthenticationRequest> {
    const own = backchannelParameters(this.port, options)
    const parameters = beginning(this.port, options, own)
    const createdAt = this.port.clock.now()
    const fields = await this.#begin(parameters, options.signal)
    const response = new PendingResponse(fields, this.port, 'CIBA Core 1.0 §7.3')
    const authReqId = response.required('auth_req_id', printableAscii)
    const { client_notification_token: token } = own
    const ping = token === undefined ? {} : { clientNotificationToken: token }
    const transaction = { authReqId, ...ping, ...response.pending(options, createdAt) }
    return { expiresAt: transaction.expiresAt, transaction }
  }

  /**
   * Polls for the token until the user has decided, as {@link DeviceAuthorization} does: at once if
   * {@link readPing} returned the transaction, else after its interval. The ID token is required and verified. Rejects with
   * `authorization_denied`, with `transaction_expired`, or with `aborted` as soon as the signal aborts.
   */
  async requestToken(transaction: BackchannelTransaction | undefined, options: PendingOptions = {}): Promise<Token> {
    refuseUnknownFields(options, pendingOptions)
    const pending = checkPending(transaction, 'authReqId', this.port)
    const { authReqId, scope, resource, pinged } = pending
    const token = await pollForToken({
      ...options,
      port: this.port,
      pending,
      code: authReqId,
      decided: pinged === true,
      request: (signal) =>
        this.tokenExchange(
          { auth_req_id: authReqId },
          { ...options, resource, signal },
          { assumedScope: scope, idToken: { required: true } },
        ),
    })
    return issued(token, scope, this.port)
  }

  /**
   * Checks the ping that the provider sends to your notification endpoint, and resolves to the transaction to request the
   * token with at once. Respond with 204, or with 401 if it rejects: `state_mismatch` for a ping of another login,
   * `callback_invalid` for anything that is not a ping (CIBA Core 1.0 §10.2).
   */
  async readPing(
    request: PingRequest,
    transaction: BackchannelTransaction | undefined,
  ): Promise<BackchannelTransaction> {
    const pending = checkPending(transaction, 'authReqId', this.port)
    await checkPing(request, pending)
    return { ...pending, pinged: true }
  }

  async #begin(parameters: RequestValues, signal: AbortSignal | undefined): Promise<Record<string, unknown>> {
    try {
      return await this.request(this.endpoint, parameters, { signal })
    } catch (error) {
      throw error instanceof GrantError ? decided(error, this.port.provider.name) : error
    }
  }
}
