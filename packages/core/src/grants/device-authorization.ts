import { isSecure, parseUrl } from '../definition/check/url.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { Token } from '../token/token.ts'
import { Grant, type GrantOptions } from './grant.ts'
import { issued } from './issued.ts'
import { beginning, type FieldRule, PendingResponse, printableAscii } from './pending-response.ts'
import { checkPending, type PendingTransaction } from './pending-transaction.ts'
import { type RequestedScope, withScope } from './requested-scope.ts'
import { pendingOptions, type PendingOptions, pollForToken } from './polling.ts'

/** What a login on another device may be begun with. */
export interface DeviceAuthorizationOptions<Scope extends string = string> extends Omit<GrantOptions<Scope>, 'scope'> {
  /** The scopes to request (RFC 6749 §3.3): a list, or `{ add: […] }` for those beside the provider's default ones, which are requested unless given. With `openid`, OpenID Connect applies. */
  readonly scope?: RequestedScope<Scope> | undefined
}

/** A device login under way: plain JSON. It holds the device code, so keep it like a password. */
export interface DeviceTransaction extends PendingTransaction {
  /** What the device requests the token with (RFC 8628 §3.2). */
  readonly deviceCode: string
}

/** What the device shows to its user, and the transaction to request the token with (RFC 8628 §3.2). */
export interface DeviceAuthorizationRequest {
  /** What the user types at `verificationUri`: show it even if they open the complete URI. */
  readonly userCode: string
  /** Where the user goes on another device: https, or http on a loopback address. */
  readonly verificationUri: string
  /** The same with the code in it, for a QR code: absent unless the server sent one. */
  readonly verificationUriComplete?: string
  /** When both codes expire, in milliseconds since the epoch. */
  readonly expiresAt: number
  /** The login under way. */
  readonly transaction: DeviceTransaction
}

/**
 * A login on a device without a browser or keyboard, such as a television or a terminal: the user agrees on another one
 * (RFC 8628). Begin it only when the user asks for it, and show `userCode` and `verificationUri`.
 *
 * @example
 * ```ts
 * import { DeviceAuthorization, Provider } from '@grantkit/core'
 *
 * const metadata = {
 *   device_authorization_endpoint: 'https://id.acme.example/device',
 *   token_endpoint: 'https://id.acme.example/token',
 * }
 * const device = new Provider({ name: 'acme', metadata }, { clientId: 'my-tv' }).grant(DeviceAuthorization)
 *
 * async function logIn() {
 *   const { userCode, verificationUri, transaction } = await device.authorize({ scope: ['read'] })
 *   console.log(`Go to ${verificationUri} and type ${userCode}`)
 *   return device.requestToken(transaction) // resolves when the user has agreed
 * }
 * ```
 */
export class DeviceAuthorization<Scope extends string = string> extends Grant<Scope> {
  /** RFC 8628 §3.4. */
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:device_code'
  /** Where a login begins (RFC 8628 §3.1). */
  readonly endpoint = 'device_authorization_endpoint'

  /** Begins a login. Rejects with `token_response_invalid` for a response that breaks RFC 8628 §3.2, or as any other request. */
  async authorize(options: DeviceAuthorizationOptions<Scope> = {}): Promise<DeviceAuthorizationRequest> {
    const asked = withScope(options, this.port.provider)
    this.checkOptions(asked as GrantOptions<Scope>)
    const parameters = beginning(this.port, asked)
    const createdAt = this.port.clock.now()
    const fields = await this.request(this.endpoint, parameters, { signal: options.signal })
    const response = new PendingResponse(fields, this.port, 'RFC 8628 §3.2')
    const deviceCode = response.required('device_code', printableAscii)
    const userCode = response.required('user_code', readable)
    const verificationUri = response.required('verification_uri', secureUrl)
    const verificationUriComplete = response.optional('verification_uri_complete', secureUrl)
    const transaction = { deviceCode, ...response.pending(asked, createdAt) }
    const { expiresAt } = transaction
    const complete = verificationUriComplete === undefined ? {} : { verificationUriComplete }
    return { userCode, verificationUri, ...complete, expiresAt, transaction }
  }

  /**
   * Polls for the token until the user has agreed, at the pace that the server sets (RFC 8628 §3.5); network failures do not
   * end it. Concurrent calls with the same transaction share the requests; a program that resumes a login waits for one
   * interval first. Rejects with `authorization_denied`, with
   * `transaction_expired`, or with `aborted` as soon as the signal aborts.
   */
  async requestToken(transaction: DeviceTransaction | undefined, options: PendingOptions = {}): Promise<Token> {
    refuseUnknownFields(options, pendingOptions)
    const pending = checkPending(transaction, 'deviceCode', this.port)
    const { deviceCode, scope, resource } = pending
    const expectations = { assumedScope: scope, idToken: scope.includes('openid') ? { required: true } : undefined }
    const token = await pollForToken({
      ...options,
      port: this.port,
      pending,
      code: deviceCode,
      request: (signal) =>
        this.tokenExchange({ device_code: deviceCode }, { ...options, resource, signal }, expectations),
    })
    return issued(token, scope, this.port)
  }
}

/** No control characters for a terminal, and none that reorder text. */
const readable: FieldRule = [
  'a code that can be shown: letters, digits and signs, 100 at most',
  (text) => /^[^\p{C}\p{Zl}\p{Zp}]{1,100}$/u.test(text),
]

/** Somewhere a browser may be sent, written so that a terminal shows it as it is. */
const secureUrl: FieldRule = [
  'an https URL, without user information',
  (text) => {
    const url = /^[\u0021-\u007E]+$/.test(text) ? parseUrl(text) : undefined
    return url !== undefined && isSecure(url) && url.username === '' && url.password === ''
  },
]
