import type { CheckedClient } from '../../definition/check/client.ts'
import { isAssertion, isCertificate } from '../../definition/check/client-authentication.ts'
import type { ClientAuthentication, UnauthenticatedRequest } from '../../definition/client-registration.ts'
import type {
  ClientAuthenticationMethod,
  ClientAuthenticationRules,
} from '../../definition/client-authentication-rules.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { encodeForm } from '../../wire/form.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { Clock } from '../../transport/clock.ts'
import { load } from '../../transport/load.ts'
import type { Used } from '../deviations/used.ts'
import type { AssertionContext } from './client-assertion.ts'

/** What a client proves who it is for. */
interface AuthenticationContext {
  /** The grant, or `revocation`. */
  readonly grantType: string
  readonly clock: Pick<Clock, 'now'>
  readonly used: Used
}

/** How a client proves who it is in the requests of a grant, or in a `revocation`: exactly one method per request (RFC 6749 §2.3). */
export function clientAuthentication(
  client: CheckedClient,
  provider: ProviderDefinition,
  { grantType, clock, used }: AuthenticationContext,
): ClientAuthentication {
  const { clientId, authentication } = client
  if (typeof authentication === 'function') return authentication
  const method = client.chosen ? authentication : (declaredFor(provider, grantType) ?? authentication)
  const rules = provider.clientAuthentication ?? {}
  const present = ({ headers, body }: UnauthenticatedRequest, secret: string): void => {
    if (method === 'client_secret_basic')
      return headers.set('authorization', basicHeader({ clientId, secret }, rules, used))
    body.set('client_id', clientId) // public clients, too: RFC 6749 §3.2.1, and Spotify responds with 400 without it
    if (method === 'client_secret_post') body.set('client_secret', secret)
  }
  return (request) => {
    if (method !== authentication)
      used(`${grantType === 'revocation' ? grantType : `grants.${grantType}`}.authentication`)
    if (isAssertion(method)) return assert(request, { client, provider, method, now: clock.now() }, used)
    const secret = method === 'none' || isCertificate(method) ? '' : secretOf(client, rules, { clock, used })
    return typeof secret === 'string' ? present(request, secret) : secret.then((signed) => present(request, signed))
  }
}

/** Signs an assertion for this request alone (RFC 7523 §2.2). */
async function assert(request: UnauthenticatedRequest, context: AssertionContext, used: Used): Promise<void> {
  const { addClientAssertion } = await load(() => import('./client-assertion.ts'))
  if (context.provider.clientAuthentication?.audience !== undefined) used('clientAuthentication.audience')
  await addClientAssertion(request, context)
}

function declaredFor(
  { grants, revocation }: ProviderDefinition,
  grantType: string,
): ClientAuthenticationMethod | undefined {
  const { authentication } = (grantType === 'revocation' ? revocation : grants?.[grantType]) ?? {}
  return authentication === 'bearer' ? undefined : authentication
}

/** The secret, which some clients sign anew for each request. */
function secretOf(
  { clientId, clientSecret = '', signingKey }: CheckedClient,
  { secretJwt: rules }: ClientAuthenticationRules,
  { clock, used }: Pick<AuthenticationContext, 'clock' | 'used'>,
): string | Promise<string> {
  if (clientSecret !== '' || !rules || !signingKey) return clientSecret
  used('clientAuthentication.secretJwt')
  return load(() => import('./secret-jwt.ts')).then(({ secretJwt }) =>
    secretJwt(rules, signingKey, { clientId, now: clock.now() }),
  )
}

/** The `Authorization` header of Basic, as the provider reads it. */
function basicHeader(
  { clientId, secret }: { readonly clientId: string; readonly secret: string },
  { basicUsername, basicEncoding, withoutSecret }: ClientAuthenticationRules,
  used: Used,
): string {
  const [user, password] = basicUsername === 'client_secret' ? [secret, ''] : [clientId, secret]
  const header = basicCredentials(user, password, basicEncoding)
  if (secret === '' && withoutSecret === 'client_secret_basic') used('clientAuthentication.withoutSecret')
  if (basicUsername === 'client_secret') used('clientAuthentication.basicUsername')
  if (basicEncoding === 'raw' && header !== basicCredentials(user, password)) used('clientAuthentication.basicEncoding')
  return header
}

/** Authenticates a request in one way only. A method of the user's own may throw anything: that becomes `config_invalid`. */
export async function authenticateRequest(
  authenticate: ClientAuthentication,
  request: UnauthenticatedRequest,
  secrets: () => readonly string[],
): Promise<void> {
  try {
    const pending = authenticate(request)
    if (pending) await pending
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new GrantError('config_invalid', 'the authentication function of the client threw an error', {
      cause: error,
      secrets: secrets(),
    })
  }
  const { headers, body } = request
  const used = Number(headers.has('authorization')) + Number(body.has('client_secret'))
  if (used + Number(body.has('client_assertion')) > 1)
    throw new GrantError(
      'config_invalid',
      'the client authenticates in two ways at once: set only one of the Authorization header, client_secret and client_assertion (RFC 6749 §2.3)',
    )
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
  return encodeForm(text).replaceAll('%7E', '~')
}
