import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulatedUser } from '../simulated-provider.ts'
import type { Registrations } from './clients.ts'
import type { Ledger } from './ledger.ts'
import { expectThat } from './refusal.ts'
import { scopesOf } from './tokens.ts'

/** What the browser is sent back with. */
export interface AuthorizationResponse {
  readonly redirectUri: string
  readonly parameters: URLSearchParams
  readonly formPost: boolean
  readonly client: ClientRegistration
}

/** Reads an authorization request, asks the user, and answers (RFC 6749 §4.1.1 and §4.1.2). Throws a refusal, which is an error page. */
export function authorize(
  url: URL,
  definition: ProviderDefinition,
  clients: Registrations,
  ledger: Ledger,
  { deny, scope: agreed }: SimulatedUser,
): AuthorizationResponse {
  const query = readQuery(url, definition)
  const client = [clients.public, clients.confidential].find(({ clientId }) => clientId === query.get('client_id'))
  expectThat(client !== undefined, `no client is called ${query.get('client_id')}`)
  const redirectUri = query.get('redirect_uri') ?? String(client.redirectUri)
  expectThat(redirectUri === client.redirectUri, `${redirectUri} is not registered`)
  const state = query.get('state')
  const scope = scopesOf(query.get('scope'), definition)
  const answer = deny
    ? { error: 'access_denied' }
    : {
        code: ledger.addCode({
          clientId: client.clientId,
          scope: agreed ?? scope,
          narrowed: agreed !== undefined && scope.some((asked) => !agreed.includes(asked)),
          nonce: query.get('nonce'),
          user: true,
          redirectUri,
          challenge: challengeOf(query, definition, client === clients.public),
        }),
      }
  const parameters = toCallback({ ...answer, ...(state !== undefined && { state }) }, definition)
  return { redirectUri, parameters, formPost: query.get('response_mode') === 'form_post', client }
}

function readQuery(url: URL, definition: ProviderDefinition): ReadonlyMap<string, string> {
  const { authorizationRequest = {}, parameters: fixed = {} } = definition
  const { renamed = {}, omitted = [], space, fragment } = authorizationRequest
  const sent = url.searchParams
  expectThat(new Set(sent.keys()).size === sent.size, 'a parameter of the authorization URL is there twice')
  if (space !== undefined) expectThat(!url.search.includes('+'), `a space is written as ${space} here`)
  if (fragment !== undefined) expectThat(url.hash === `#${fragment}`, `the URL ends with #${fragment}`)
  const wire = new Set(Object.values(renamed))
  const always = ['response_type', 'client_id', 'redirect_uri', 'state'].filter((name) => !omitted.includes(name))
  for (const name of [...always, ...Object.keys(fixed.authorization ?? {})])
    expectThat(sent.has(renamed[name] ?? name), `the parameter ${renamed[name] ?? name} is missing`)
  for (const name of [...omitted, ...Object.keys(renamed)])
    expectThat(!sent.has(name) || wire.has(name), `the parameter ${name} is refused here`)
  const standard = new Map(Object.entries(renamed).map(([name, other]) => [other, name]))
  const query = new Map([...sent].map(([name, value]) => [standard.get(name) ?? name, value]))
  expectThat((query.get('response_type') ?? 'code') === 'code', 'the response type is not code')
  return query
}

/** RFC 7636 §4.4.1. A client without a secret needs the proof where the provider takes it. */
function challengeOf(
  query: ReadonlyMap<string, string>,
  { pkce, authorizationRequest }: ProviderDefinition,
  isPublic: boolean,
): string | undefined {
  const challenge = query.get('code_challenge')
  expectThat(pkce !== 'refused' || challenge === undefined, 'PKCE is refused here')
  expectThat(challenge !== undefined || !(pkce === 'required' || isPublic), 'PKCE is required here')
  if (challenge === undefined) return undefined
  const form = authorizationRequest?.codeChallenge === 'hex' ? /^[0-9a-f]{64}$/ : /^[\w-]{43}$/
  expectThat(form.test(challenge), 'the code challenge is no SHA-256 hash in the form that is wanted here')
  expectThat(query.get('code_challenge_method') === 'S256', 'the code challenge method is not S256')
  return challenge
}

/** RFC 9207 §2 for `iss`. */
function toCallback(standard: Readonly<Record<string, string>>, definition: ProviderDefinition): URLSearchParams {
  const { metadata, callback = {} } = definition
  const { renamed = {}, kept = [], tokenHost } = callback
  const { issuer, authorization_response_iss_parameter_supported: promised, token_endpoint: token } = metadata
  const pairs = Object.entries({
    ...Object.fromEntries(kept.map((name) => [name, `simulated-${name}`])),
    ...(tokenHost && { [tokenHost.parameter]: new URL(token).origin }),
    ...(promised && issuer !== undefined && { iss: issuer }),
    ...standard,
  })
  return new URLSearchParams(pairs.map(([name, value]) => [renamed[name] ?? name, value]))
}
