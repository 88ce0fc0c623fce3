import { GrantError } from '../../errors/grant-error.ts'
import { notAString, type RequestValues } from '../../wire/form.ts'

/**
 * Checks the caller's own parameters: strings, and none that the library sends itself or that would change the client.
 * Throws `config_invalid`.
 */
export function checkExtra(extra: RequestValues | undefined, reserved: ReadonlySet<string>): RequestValues {
  for (const [name, value] of Object.entries(extra ?? {})) {
    if (reserved.has(name))
      throw new GrantError(
        'config_invalid',
        `"${name}" is a reserved parameter: ${instead[name] ?? 'the library sends it'}`,
      )
    const strings = [value].flat()
    if (strings.some((item) => item !== undefined && typeof item !== 'string')) throw notAString(name, value)
  }
  return extra ?? {}
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
