import type { CheckedClient } from '../definition/check-client.ts'
import type { ClientAuthentication } from '../definition/client-registration.ts'
import type { ClientAuthenticationRules } from '../definition/provider-definition.ts'

/** How a client proves who it is, as one function: exactly one method per request (RFC 6749 §2.3). */
export function clientAuthentication(
  client: CheckedClient,
  rules: ClientAuthenticationRules = {},
): ClientAuthentication {
  const { clientId, clientSecret = '', authentication } = client
  if (typeof authentication === 'function') return authentication
  if (authentication === 'client_secret_basic') {
    const credentials = basicCredentials(clientId, clientSecret, rules.basicEncoding)
    return ({ headers }) => headers.set('authorization', credentials)
  }
  return ({ body }) => {
    body.set('client_id', clientId) // public clients, too: RFC 6749 §3.2.1, and Spotify answers 400 without it
    if (authentication === 'client_secret_post') body.set('client_secret', clientSecret)
  }
}

/** The value of an `Authorization` header for `client_secret_basic` (RFC 6749 §2.3.1). */
export function basicCredentials(clientId: string, clientSecret: string, encoding: 'form' | 'raw' = 'form'): string {
  const encode = encoding === 'raw' ? (text: string) => text : formEncode
  return `Basic ${btoa(`${encode(clientId)}:${encode(clientSecret)}`)}`
}

/**
 * Form-encodes one value (RFC 6749 App. B) and leaves the unreserved characters alone: six of nine servers that were
 * tried never decode, and an id such as "my-client" must reach them as it is.
 */
export function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1).replaceAll('%7E', '~')
}
