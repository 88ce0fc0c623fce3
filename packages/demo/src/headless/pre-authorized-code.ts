import { randomBytes } from 'node:crypto'
import { Grant, type GrantOptions, type Token } from '@grantkit/core'
import type { ExtensionGrant } from '@grantkit/testing/server'

/** A custom grant: the code of a credential offer, as a wallet redeems it (OpenID4VCI §6.1). */
export class PreAuthorizedCode extends Grant {
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

  /** Redeems a code for a token. Rejects with `token_error` when the server refuses it. */
  requestToken(code: string, options?: GrantOptions): Promise<Token> {
    return this.tokenRequest({ 'pre-authorized_code': code }, options)
  }
}

/** A code that no other run has. A real one comes with an offer, often as a QR code. */
export function makeCode(): string {
  return randomBytes(16).toString('base64url')
}

/** The test server's side of the grant: it has offered one code. */
export function offering(offered: string): ExtensionGrant {
  return ({ 'pre-authorized_code': code }) =>
    code === offered ? { accountId: 'ada', scope: ['user-read-private'] } : undefined
}
