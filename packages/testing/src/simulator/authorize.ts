import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulatedUser } from '../simulated-provider.ts'
import type { SimulationContext } from './context.ts'
import type { Pending } from './pending.ts'
import { expectThat } from './refusal.ts'
import { scopesOf } from './tokens.ts'

/** The response that the browser carries back to the client. */
export interface AuthorizationResponse {
  readonly redirectUri: string
  readonly parameters: URLSearchParams
  readonly formPost: boolean
  readonly client: ClientRegistration
}

/** Handles an authorization request (RFC 6749 §4.1.1 and §4.1.2). Throws a refusal, which becomes an error page. */
export function authorize(
  url: URL,
  { deny, scope: agreed }: SimulatedUser,
  { definition, clients, ledger, pending }: SimulationContext,
): AuthorizationResponse {
  const uri = url.searchParams.get('request_uri')
  const isPushRequired = definition.metadata['require_pushed_authorization_requests'] === true
  expectThat(uri !== null || !isPushRequired, 'the authorization request has to be pushed here')
  const query = uri === null ? readQuery(url, definition) : readPushed(url, uri, pending)
  const client = [clients.public, clients.confidential].find(({ clientId }) => clientId === query.get('client_id'))
  expectThat(client !== undefined, `the client ID ${query.get('client_id')} is not registered`)
  const redirectUri = query.get('redirect_uri') ?? String(client.redirectUri)
  expectThat(redirectUri === client.redirectUri, `${redirectUri} is not registered`)
  const state = query.get('state')
  const scope = scopesOf(query.get('scope'), definition)
  const outcome = deny
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
  const parameters = toCallback({ ...outcome, ...(state !== undefined && { state }) }, definition)
  return { redirectUri, parameters, formPost: query.get('response_mode') === 'form_post', client }
}

/** RFC 9126 §4: nothing but the request URI and the client. */
function readPushed(url: URL, uri: string, pending: Pending): ReadonlyMap<string, string> {
  const names = [...url.searchParams.keys()].filter((name) => !['request_uri', 'client_id'].includes(name))
  expectThat(names.length === 0, `the parameter ${names[0]} belongs into the pushed request`)
  return pending.takePushed(uri, url.searchParams.get('client_id') ?? undefined)
}

function readQuery(url: URL, definition: ProviderDefinition): ReadonlyMap<string, string> {
  const { authorizationRequest = {}, parameters: fixed = {} } = definition
  const { renamed = {}, omitted = [], space, fragment } = authorizationRequest
  const sent = url.searchParams
  expectThat(new Set(sent.keys()).size === sent.size, 'a parameter of the authorization URL occurs twice')
  if (space !== undefined) expectThat(!url.search.includes('+'), `a space has to be written as ${space} here`)
  if (fragment !== undefined) expectThat(url.hash === `#${fragment}`, `the URL has to end with #${fragment}`)
  const wire = new Set(Object.values(renamed))
  const always = ['response_type', 'client_id', 'redirect_uri', 'state'].filter((name) => !omitted.includes(name))
  for (const name of [...always, ...Object.keys(fixed.authorization ?? {})])
    expectThat(sent.has(renamed[name] ?? name), `the parameter ${renamed[name] ?? name} is missing`)
  for (const name of [...omitted, ...Object.keys(renamed)])
    expectThat(!sent.has(name) || wire.has(name), `the parameter ${name} is not accepted here`)
  const standard = new Map(Object.entries(renamed).map(([name, other]) => [other, name]))
  const query = new Map([...sent].map(([name, value]) => [standard.get(name) ?? name, value]))
  expectThat((query.get('response_type') ?? 'code') === 'code', 'the response type is not code')
  return query
}

/** RFC 7636 §4.4.1. A client without a secret has to send a challenge, unless the provider refuses PKCE. */
function challengeOf(
  query: ReadonlyMap<string, string>,
  { pkce, authorizationRequest }: ProviderDefinition,
  isPublic: boolean,
): string | undefined {
  const challenge = query.get('code_challenge')
  expectThat(pkce !== 'refused' || challenge === undefined, 'PKCE is refused here')
  expectThat(challenge !== undefined || !(pkce === 'required' || isPublic), 'PKCE is required here')
  if (challenge === undefined) return undefined
  const pattern = authorizationRequest?.codeChallenge === 'hex' ? /^[0-9a-f]{64}$/ : /^[\w-]{43}$/
  expectThat(pattern.test(challenge), 'the code challenge is not a SHA-256 hash in the expected encoding')
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
