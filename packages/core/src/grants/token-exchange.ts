import { GrantError } from '../errors/grant-error.ts'
import { kindOf } from '../errors/quote.ts'
import { nearest, refuseUnknownFields } from '../errors/unknown-fields.ts'
import { Token } from '../token/token.ts'
import { isObject } from '../wire/json.ts'
import { Grant, type GrantOptions } from './grant.ts'

/** The token types of RFC 8693 §3, by their short names. */
const tokenTypes = {
  access_token: 'urn:ietf:params:oauth:token-type:access_token',
  refresh_token: 'urn:ietf:params:oauth:token-type:refresh_token',
  id_token: 'urn:ietf:params:oauth:token-type:id_token',
  saml1: 'urn:ietf:params:oauth:token-type:saml1',
  saml2: 'urn:ietf:params:oauth:token-type:saml2',
  jwt: 'urn:ietf:params:oauth:token-type:jwt',
} as const

/** A kind of token (RFC 8693 §3): a short name, or the URI of another kind. */
export type TokenType =
  | 'access_token'
  | 'refresh_token'
  | 'id_token'
  | 'saml1'
  | 'saml2'
  | 'jwt'
  | `${string}:${string}`

/** The token that is exchanged. Of a {@link Token}, its type says which one is sent: the access token unless it says `id_token` or `refresh_token`. */
export type SubjectToken =
  | {
      /** Who the new token acts for. */
      readonly subjectToken: Token
      /** The kind of token: `access_token` unless given. */
      readonly subjectTokenType?: TokenType | undefined
    }
  | {
      /** Who the new token acts for. */
      readonly subjectToken: string
      /** The kind of token. */
      readonly subjectTokenType: TokenType
    }

/** The token of whoever acts: with one, the new token says who acts for whom (delegation); without one, it is the subject's own (impersonation). */
export type ActorToken =
  | {
      /** Who acts. */
      readonly actorToken: Token
      /** The kind of token: `access_token` unless given. */
      readonly actorTokenType?: TokenType | undefined
    }
  | {
      /** Who acts. */
      readonly actorToken: string
      /** The kind of token. */
      readonly actorTokenType: TokenType
    }
  | {
      /** None. */
      readonly actorToken?: undefined
      /** None. */
      readonly actorTokenType?: undefined
    }

/** What is exchanged, and for what. */
export type TokenExchangeInput = SubjectToken &
  ActorToken & {
    /** The service, or services, that the token is for, by the names that the provider knows; URLs go into the option `resource`. */
    readonly audience?: string | readonly string[] | undefined
    /** The kind of token to issue: the provider decides unless given. */
    readonly requestedTokenType?: TokenType | undefined
  }

/**
 * Exchanges a token for another one (RFC 8693): for a service behind yours, for less scope, or for another kind of token.
 *
 * The type of the new token is in `token.extra.issued_token_type`, as a URI. One that is not an access token, such as a SAML
 * assertion, is in `accessToken`, too, with the token type `N_A`: `authorizedFetch` refuses to present it.
 *
 * @example
 * ```ts
 * import { Provider, TokenExchange } from '@grantkit/core'
 *
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-server', clientSecret: 'my-secret' })
 *
 * async function tokenForBilling(bearerOfTheCaller: string) {
 *   const subject = { subjectToken: bearerOfTheCaller, subjectTokenType: 'access_token' } as const
 *   return acme.grant(TokenExchange).requestToken({ ...subject, audience: 'billing' }, { scope: ['read'] })
 * }
 * ```
 */
export class TokenExchange<Scope extends string = string> extends Grant<Scope> {
  /** RFC 8693 §2.1. */
  static readonly grantType = 'urn:ietf:params:oauth:grant-type:token-exchange'

  /** Exchanges a token. Rejects with `config_invalid` for a token without its type, and with `token_error` if the server refuses: `invalid_target` in `error.oauth` for an audience or resource. */
  async requestToken(input: TokenExchangeInput, options?: GrantOptions<Scope>): Promise<Token> {
    if (!isObject(input)) throw invalid('write requestToken({ subjectToken, subjectTokenType }, options)')
    refuseUnknownFields(input, inputFields)
    const { subjectToken, subjectTokenType, actorToken, actorTokenType, audience, requestedTokenType } = input
    const subject = presented('subjectToken', subjectToken, subjectTokenType)
    if (actorToken === undefined && actorTokenType !== undefined)
      throw invalid('an actorTokenType without an actorToken says nothing: leave it out')
    const actor = actorToken === undefined ? undefined : presented('actorToken', actorToken, actorTokenType)
    const token = await this.tokenRequest(
      {
        subject_token: subject.token,
        subject_token_type: subject.type,
        actor_token: actor?.token,
        actor_token_type: actor?.type,
        audience,
        requested_token_type: requestedTokenType && uriOf('requestedTokenType', requestedTokenType),
      },
      options,
    )
    const { issued_token_type: kind } = token.extra
    if (typeof kind === 'string' && kind !== '') return token
    const { name: provider } = this.port.provider
    const message = `the token response of ${provider} breaks RFC 8693 §2.2.1: issued_token_type is missing`
    throw new GrantError('token_response_invalid', message, { provider })
  }
}

/** A token and its type, as they are sent. Throws `config_invalid`. */
function presented(field: string, given: unknown, type: TokenType | undefined): { token: string; type: string } {
  const isToken = given instanceof Token
  if (!isToken && (typeof given !== 'string' || given === ''))
    throw invalid(`${field} is a Token or a string, not ${given === '' ? 'an empty string' : kindOf(given)}`)
  if (!isToken && type === undefined)
    throw invalid(`${field} is a string, so its type has to be said: write ${field}Type: 'access_token'`)
  const uri = uriOf(`${field}Type`, type ?? 'access_token')
  const token = isToken ? partOf(given, uri) : given
  if (token === undefined) throw invalid(`the ${field} has no such token: its ${field}Type is ${JSON.stringify(type)}`)
  return { token, type: uri }
}

function partOf(token: Token, uri: string): string | undefined {
  if (uri === tokenTypes.id_token) return token.idToken
  return uri === tokenTypes.refresh_token ? token.refreshToken : token.accessToken
}

function uriOf(field: string, type: unknown): string {
  if (typeof type !== 'string') throw invalid(`${field} is a string, not ${kindOf(type)}`)
  if (Object.hasOwn(tokenTypes, type)) return tokenTypes[type as keyof typeof tokenTypes]
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(type)) return type
  throw invalid(`${field} is not a token type: ${nearest(type, Object.keys(tokenTypes))}, or a URI`)
}

const inputFields = {
  what: 'the input of a token exchange',
  fields: ['subjectToken', 'subjectTokenType', 'actorToken', 'actorTokenType', 'audience', 'requestedTokenType'],
  instead: {
    resource: 'write it into the options, requestToken({ … }, { resource })',
    scope: `write it into the options, requestToken({ … }, { scope: ['read'] })`,
  },
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
