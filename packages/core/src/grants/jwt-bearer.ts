import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { AssertionClaims } from '../protocol/port.ts'
import { isJson } from '../token/plain.ts'
import type { Token } from '../token/token.ts'
import { isObject } from '../wire/json.ts'
import { Grant, type GrantOptions } from './grant.ts'

/**
 * Exchanges a JSON Web Token that says who is asking for an access token (RFC 7523 §2.1): one that somebody else issued, or
 * one that the client's `signingKey` signs, as service accounts do. There is usually no refresh token: request a new
 * access token instead.
 *
 * @example
 * ```ts
 * import { JwtBearer, Provider } from '@grantkit/core'
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-server', clientSecret: 'my-secret' })
 *
 * async function tokenFor(assertion: string) {
 *   return acme.grant(JwtBearer).requestToken(assertion, { scope: ['read'] })
 * }
 * ```
 */
export class JwtBearer<Scope extends string = string> extends Grant<Scope> {
  /** RFC 7523 §2.1. */
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

  /**
   * Requests a token with an assertion, or with the claims of one that is signed for this request. Rejects with
   * `config_invalid` for something that is not a JWT, or for claims without a `signingKey` in the client; and with
   * `token_error` if the server refuses.
   */
  async requestToken(assertion: string | AssertionClaims, options?: GrantOptions<Scope>): Promise<Token> {
    return this.tokenRequest({ assertion: await this.#assertion(assertion) }, options)
  }

  async #assertion(given: string | AssertionClaims): Promise<string> {
    if (typeof given === 'string') return checkJwt(given)
    if (!isObject(given)) throw invalid('write requestToken(assertion), or requestToken({ subject }) to sign one')
    checkClaims(given)
    if (this.port.signAssertion) return this.port.signAssertion(given)
    throw invalid('the port of this grant has no signAssertion(): add it to the object that is the port')
  }
}

/** The compact form of a JWT: three parts, or five where it is encrypted (RFC 7519 §3). */
function checkJwt(text: string): string {
  if (/^[\w-]+\.[\w-]+(?:\.[\w-]*|(?:\.[\w-]+){3})$/.test(text)) return text
  throw invalid('the assertion is not a JWT in its compact form, three parts of base64url with dots between them')
}

function checkClaims(written: AssertionClaims): void {
  refuseUnknownFields(written, assertionFields)
  const { subject, audience, issuer, claims = {}, lifetime = 1 } = written
  for (const [name, value] of Object.entries({ subject, audience, issuer }))
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw invalid(`the ${name} of an assertion is a string that is not empty`)
  if (!(Number.isSafeInteger(lifetime) && lifetime > 0 && lifetime <= longestLifetime))
    throw invalid(`the lifetime of an assertion is a whole number of seconds, ${longestLifetime} at most`)
  if (!isObject(claims) || !isJson(claims)) throw invalid('claims is an object of JSON values')
  refuseRegistered(claims)
}

/** Seconds: an assertion is for one request. */
const longestLifetime = 300

const assertionFields = {
  what: 'an assertion',
  fields: ['subject', 'audience', 'issuer', 'claims', 'lifetime'],
  instead: { scope: `write { claims: { scope: 'read' } }, or pass it in the options` },
}

const registered: Readonly<Record<string, string>> = {
  iss: 'write { issuer }',
  sub: 'write { subject }',
  aud: 'write { audience }',
  exp: 'write { lifetime }, in seconds',
  iat: 'it is the time of the request',
  jti: 'each assertion gets its own',
}

function refuseRegistered(claims: object): void {
  const name = Object.keys(claims).find((claim) => Object.hasOwn(registered, claim))
  if (name !== undefined) throw invalid(`${name} is not for claims: ${registered[name]}`)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
