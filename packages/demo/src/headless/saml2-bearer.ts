import { randomBytes } from 'node:crypto'
import { Grant, type GrantOptions, type Token } from '@grantkit/core'
import type { ExtensionGrant } from '@grantkit/testing/server'

/** A custom grant: exchanges a SAML assertion for a token (RFC 7522 §2.1). */
export class Saml2Bearer extends Grant {
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer'

  /** Exchanges an assertion in base64url for a token. Rejects with `token_error` when the server refuses it. */
  requestToken(assertion: string, options?: GrantOptions): Promise<Token> {
    return this.tokenRequest({ assertion }, options)
  }
}

/** An assertion for the user of the test server. A real one is signed by an identity provider; this one is only unique. */
export function makeAssertion(): string {
  const id = randomBytes(16).toString('hex')
  return Buffer.from(`<Assertion ID="_${id}"><Subject>ada</Subject></Assertion>`).toString('base64url')
}

/** The test server's side of the grant: accepts one known assertion. */
export function believing(assertion: string): ExtensionGrant {
  return (parameters) =>
    parameters['assertion'] === assertion ? { accountId: 'ada', scope: ['user-read-private'] } : undefined
}
