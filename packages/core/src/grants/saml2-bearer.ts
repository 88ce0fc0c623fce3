import { GrantError } from '../errors/grant-error.ts'
import { kindOf } from '../errors/quote.ts'
import type { Token } from '../token/token.ts'
import { base64url } from '../wire/base64url.ts'
import { Grant, type GrantOptions } from './grant.ts'

/**
 * Exchanges a SAML 2.0 assertion for an access token (RFC 7522 §2.1). There is usually no refresh token: request a new access token instead.
 *
 * @example
 * ```ts
 * import { Provider, Saml2Bearer } from '@grantkit/core'
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-server', clientSecret: 'my-secret' })
 *
 * async function tokenFor(xml: string) {
 *   return acme.grant(Saml2Bearer).requestToken(new TextEncoder().encode(xml), { scope: ['read'] })
 * }
 * ```
 */
export class Saml2Bearer<Scope extends string = string> extends Grant<Scope> {
  /** RFC 7522 §2.1. */
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer'

  /** Requests a token with an assertion: the bytes of its XML, or a string that is base64url already. Rejects with `config_invalid` for any other string, and with `token_error` if the server refuses. */
  async requestToken(assertion: string | Uint8Array, options?: GrantOptions<Scope>): Promise<Token> {
    return this.tokenRequest({ assertion: encoded(assertion) }, options)
  }
}

function encoded(assertion: unknown): string {
  if (assertion instanceof Uint8Array && assertion.length > 0) return encodeBytes(assertion)
  if (typeof assertion === 'string' && /^[\w-]+$/.test(assertion)) return assertion
  throw new GrantError('config_invalid', `the assertion is not base64url: ${adviceOn(assertion)} (RFC 7522 §2.1)`)
}

/** Bytes per step, a multiple of three: an engine takes only so many arguments. */
const step = 24_576

function encodeBytes(bytes: Uint8Array): string {
  const steps = Array.from({ length: Math.ceil(bytes.length / step) }, (_, index) => index * step)
  return steps.map((start) => base64url(bytes.subarray(start, start + step))).join('')
}

function adviceOn(assertion: unknown): string {
  if (typeof assertion !== 'string') return `pass its XML as bytes, in a Uint8Array, not ${kindOf(assertion)}`
  if (assertion.trimStart().startsWith('<')) return 'pass XML as bytes, with new TextEncoder().encode(xml)'
  if (/^[\w+/=\s-]+$/.test(assertion)) return 'write base64 with - and _, without = and line breaks'
  return 'pass its XML as bytes, with new TextEncoder().encode(xml)'
}
