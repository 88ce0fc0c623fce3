import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import type { GrantPort } from '../protocol/port.ts'
import { isJson } from '../token/plain.ts'
import type { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import { isObject } from '../wire/json.ts'
import { authorizationDetailsParameter } from './authorization-details.ts'
import type { CheckedOptions } from './authorization-options.ts'
import { type RequestedResponse, responseModes } from './response-mode.ts'
import type { Transaction } from './transaction.ts'
import { wordList } from './word-list.ts'

/** What the unusual options of a login are on the wire, and what its transaction keeps of them. */
export interface UnusualParameters {
  readonly values: RequestValues
  readonly kept: Partial<Transaction>
}

const displays = ['page', 'popup', 'touch', 'wap'] as const
const responseTypes = ['code', 'code id_token'] as const

/** Checks the options that most logins do without (OpenID Connect Core §3.1.2.1 and §5.5, RFC 9396 §2, JARM §2). Throws `config_invalid`. */
export function unusualParameters(options: CheckedOptions, { provider }: GrantPort): UnusualParameters {
  const { loginHint, idTokenHint, prompt, uiLocales, display, claims, authorizationDetails: details } = options
  const response = requestedResponse(options, provider)
  return {
    values: {
      login_hint: loginHint,
      id_token_hint: typeof idTokenHint === 'object' ? hintOf(idTokenHint) : idTokenHint,
      prompt: promptOf(prompt),
      ui_locales: wordList('uiLocales', uiLocales, 'en'),
      display: oneOf('display', display, displays),
      claims: claims && claimsOf(claims),
      authorization_details: details && authorizationDetailsParameter(details, provider),
      response_type: response.responseType,
      response_mode: response.responseMode,
    },
    kept: { ...response, ...(options.scope.includes('openid') && essentialAcr(claims)) },
  }
}

/** What the callback has to be; an ID token in it needs the scope that it belongs to, and must not be in a query (OAuth 2.0 Multiple Response Types §5). */
function requestedResponse(
  { scope, ...options }: CheckedOptions,
  { name, metadata }: GrantPort['provider'],
): RequestedResponse {
  const responseType = oneOf('responseType', options.responseType, responseTypes)
  const responseMode = oneOf('responseMode', options.responseMode, responseModes)
  const isHybrid = responseType === 'code id_token'
  if (isHybrid && !scope.includes('openid')) throw invalid(`the responseType 'code id_token' needs the scope 'openid'`)
  if (isHybrid && responseMode?.startsWith('query'))
    throw invalid(`an ID token must not be in a query: write responseMode: 'form_post', or 'fragment'`)
  if (responseMode?.endsWith('jwt') && (metadata.issuer === undefined || metadata.jwks_uri === undefined))
    throw invalid(`the responseMode '${responseMode}' needs issuer and jwks_uri in the metadata of ${name}`)
  return { ...(isHybrid && { responseType }), ...(responseMode !== undefined && { responseMode }) }
}

function promptOf(prompt: string | readonly string[] | undefined): string | undefined {
  const words = wordList('prompt', typeof prompt === 'string' ? prompt.split(' ') : prompt, 'login')
  if (words === undefined || words === 'none' || !words.split(' ').includes('none')) return words
  throw invalid(`the prompt 'none' stands alone (OpenID Connect Core §3.1.2.1)`)
}

function hintOf(token: Pick<Token, 'idToken'> | null): string {
  if (typeof token?.idToken === 'string') return token.idToken
  throw invalid('idTokenHint is a token that has no ID token: pass one of a login with the scope "openid"')
}

function claimsOf(claims: Readonly<Record<string, unknown>>): string {
  if (isObject(claims) && isJson(claims)) return JSON.stringify(claims)
  throw invalid('claims is a JSON object: write { id_token: { acr: { essential: true } } }')
}

/** The classes of which `acr` has to be one, where it was asked for as essential (OpenID Connect Core §5.5.1.1). */
function essentialAcr(claims: CheckedOptions['claims']): Pick<Transaction, 'acrValues' | 'acrRequired'> {
  const { id_token: ofIdToken } = claims ?? {}
  const acr = isObject(ofIdToken) ? ofIdToken['acr'] : undefined
  if (!isObject(acr) || acr['essential'] !== true) return {}
  const { value, values = value === undefined ? undefined : [value] } = acr
  const listed = Array.isArray(values) && values.every((item) => typeof item === 'string')
  return { ...(listed && { acrValues: values }), acrRequired: true }
}

function oneOf<Value extends string>(
  name: string,
  value: Value | undefined,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || values.includes(value)) return value
  throw invalid(`${quote(value)} is not a valid ${name}: write ${values.map((item) => `'${item}'`).join(', ')}`)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
