import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'

/** Parameters of a request by name; what is undefined or empty is not sent (RFC 6749 §3.1). */
export type RequestValues = Readonly<Record<string, string | readonly string[] | undefined>>

/** Copies parameters to a form or a query; an array repeats its name, what is undefined or empty is left out (RFC 6749 §3.1). Throws `config_invalid` for what is no text. */
export function append(target: URLSearchParams, values: RequestValues): void {
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (typeof value === 'string') {
      if (value !== '') target.append(name, value)
    } else if (Array.isArray(value)) {
      for (const item of value as readonly string[]) if (item !== '') target.append(name, item)
    } else if ((value ?? undefined) !== undefined) throw noText(name, value)
  }
}

/** The same parameters as the text of a form or a query (RFC 6749 App. B), made at a fraction of the cost. */
export function writeForm(values: RequestValues): string {
  let form = ''
  for (const name of Object.keys(values)) {
    const value = values[name]
    if (typeof value === 'string') form += pair(form, name, value)
    else if (value) for (const item of value) form += pair(form, name, item)
  }
  return form
}

function pair(before: string, name: string, value: string): string {
  if (value === '') return ''
  const encoded = repeated.has(name) ? encodeAgain(value) : encodeForm(value)
  return `${before === '' ? '' : '&'}${encodeAgain(name)}=${encoded}`
}

/** Parameters whose values are the same in one login after another, and no secret. */
const repeated: ReadonlySet<string> = new Set(['redirect_uri', 'scope', 'resource'])
const known = new Map<string, string>()
const mostKnown = 256

/** The same as {@link encodeForm}, for a text that will come again. */
function encodeAgain(text: string): string {
  const before = known.get(text)
  if (before !== undefined) return before
  const encoded = encodeForm(text)
  if (known.size === mostKnown) known.clear()
  known.set(text, encoded)
  return encoded
}

/** Encodes one text as `URLSearchParams` does (RFC 6749 App. B). */
export function encodeForm(text: string): string {
  if (!/[^\w.*-]/.test(text)) return text
  try {
    const encoded = encodeURIComponent(text)
    return /%20|[!'()~]/.test(encoded) ? encoded.replaceAll('%20', '+').replaceAll(/[!'()~]/g, percentEncode) : encoded
  } catch {
    return new URLSearchParams([['', text]]).toString().slice(1) // half a character cannot be encoded, only replaced
  }
}

/** A form encodes some characters that a path does not. */
function percentEncode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}

/**
 * Checks the caller's own parameters: texts, and none that the library sends itself or that would change who is asking.
 * Throws `config_invalid`.
 */
export function checkExtra(extra: RequestValues | undefined, reserved: ReadonlySet<string>): RequestValues {
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (reserved.has(name))
      throw new GrantError(
        'config_invalid',
        `"${name}" is no free parameter: ${instead[name] ?? 'the library sends it'}`,
      )
    const texts = [value].flat()
    if (texts.some((item) => item !== undefined && typeof item !== 'string')) throw noText(name, value)
  }
  return extra ?? {}
}

function noText(name: string, value: unknown): GrantError {
  return new GrantError('config_invalid', `the parameter "${name}" is a text: write { ${name}: '${quote(value)}' }`)
}

const instead: Readonly<Record<string, string>> = {
  scope: `write { scope: ['read'] } beside parameters`,
  resource: `write { resource: 'https://api.example' } beside parameters`,
  state: 'write { state } beside parameters',
  redirect_uri: 'write { redirectUri } beside parameters',
  code_verifier: 'write { codeVerifier } beside parameters',
  code_challenge: 'write { codeChallenge } beside parameters',
  client_secret: 'write { clientSecret } into the client',
}

const everywhere = 'client_id client_secret client_assertion client_assertion_type redirect_uri scope resource'

/** What an authorization request carries by itself (RFC 6749 §4.1.1, RFC 7636 §4.3, RFC 9101 §5, OpenID Connect Core §3.1.2.1). */
export const reservedInAuthorization: ReadonlySet<string> = new Set(
  `${everywhere} response_type state nonce code_challenge code_challenge_method request request_uri`.split(' '),
)

/** What a token request carries by itself (RFC 6749 §4, RFC 7636 §4.5). */
export const reservedInTokenRequest: ReadonlySet<string> = new Set(
  `${everywhere} grant_type code code_verifier refresh_token`.split(' '),
)
