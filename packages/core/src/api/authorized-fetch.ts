import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { proofsOf } from '../protocol/authentication/dpop.ts'
import { checkDpopKeyPair } from '../protocol/authentication/dpop-key-pair.ts'
import type { DpopKeyPair, ProofOfPossession } from '../protocol/proof-of-possession.ts'
import type { TokenSource } from '../refresh/token-source.ts'
import { checkScope } from '../token/scope.ts'
import { Token } from '../token/token.ts'
import { systemClock } from '../transport/clock.ts'
import { ApiCaller } from './api-caller.ts'
import { busyness } from './busyness.ts'
import { ApiPresentation } from './presentation.ts'
import { retryDecision, type RetryPolicy } from './retry.ts'
import { ApiSender } from './sender.ts'

/** Options of {@link authorizedFetch}. */
export interface AuthorizedFetchOptions {
  /** The origins that the token may be sent to, such as `https://api.spotify.com`; those of the token source unless given. */
  readonly origins?: readonly string[] | undefined
  /** The `fetch` that carries the requests; that of the provider unless given, else the runtime's own. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Whether to wait for a busy API. By default not: responses with 429 and 503 are returned unchanged. */
  readonly retry?: RetryPolicy | undefined
  /** The scopes that the calls need: a token that lacks one is not sent at all. */
  readonly scope?: readonly string[] | undefined
  /** The resource, or resources, of the calls (RFC 8707); each has a separate token. By default the resource of the login. */
  readonly resource?: string | readonly string[] | undefined
  /** Seconds for which a token of the source has to be valid when a call begins; one that is not is refreshed first. */
  readonly minValid?: number | undefined
  /** The key pair that a plain DPoP `Token` is bound to (RFC 9449); a token source has that of its provider. */
  readonly dpop?: DpopKeyPair | undefined
}

const fields = {
  what: 'the options of authorizedFetch',
  fields: ['origins', 'fetch', 'retry', 'scope', 'resource', 'minValid', 'dpop'],
}

/**
 * A `fetch` that carries a fresh token, to the origins it belongs to and no other (RFC 6750 §2.1). Another origin rejects
 * with `origin_not_allowed` before anything is sent. After a 401 the token is refreshed once, however many calls meet it,
 * and the request is sent again, if its body can be read twice. A scope that is missing, or a login that is too weak,
 * rejects with what to pass to `authorize`. Network failures and aborts reject as `fetch` does; bodies are streamed as
 * they come.
 *
 * @example
 * ```ts
 * import { authorizedFetch, Token } from '@grantkit/core'
 *
 * const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })
 * const api = authorizedFetch(token, { origins: ['https://api.acme.example'] })
 *
 * await api('https://evil.example/?u=https://api.acme.example') // throws origin_not_allowed
 * ```
 */
export function authorizedFetch(
  source: TokenSource | Token,
  options: AuthorizedFetchOptions = {},
): typeof globalThis.fetch {
  checkSource(source)
  checkOptions(options)
  const { origins: listed, retry, scope, resource, minValid } = options
  const { api, origins = api?.origins ?? [] } = source instanceof Token ? { api: undefined } : source
  const { rules = {}, clientId = '', httpHosts = [], clock = systemClock } = api ?? {}
  const presentation = new ApiPresentation({ listed, declared: origins, rules, clientId, httpHosts })
  const caller = new ApiCaller({
    source,
    wanted: { scope, resource, minValid },
    presentation,
    sender: new ApiSender(presentation, options.fetch ?? api?.fetch ?? globalFetch, proofsFor(source, options.dpop)),
    clock,
    decide: retryDecision(
      retry,
      busyness(rules, () => clock.now()),
    ),
  })
  return (input, init) => caller.call(input, init)
}

/** Looked up at each call, so that what replaces it later, a tracer or a test, is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)

/** The proofs of the source, or of the key pair that comes with a plain token. */
function proofsFor(source: TokenSource | Token, dpop: DpopKeyPair | undefined): ProofOfPossession | undefined {
  const own = source instanceof Token ? undefined : source.api?.proofs
  if (own && dpop) throw invalid('dpop is for a plain Token: this source has the key pair of its provider')
  if (source instanceof Token && source.tokenType === 'DPoP' && !dpop)
    throw invalid('a DPoP token needs the key pair that it is bound to: write { origins, dpop: keyPair }')
  return own ?? proofsOf({ dpop: dpop && checkDpopKeyPair(dpop), clock: systemClock })
}

function checkSource(source: unknown): void {
  if (source instanceof Token) return
  const { token, invalidate } = (source ?? {}) as Partial<TokenSource>
  if (typeof token !== 'function' || typeof invalidate !== 'function')
    throw invalid('the source of an authorizedFetch has to be provider.tokenSource(…), or a Token with { origins }')
}

function checkOptions(options: AuthorizedFetchOptions): void {
  refuseUnknownFields(options, fields)
  const { scope, minValid, fetch } = options
  checkScope(scope)
  if (minValid !== undefined && !(Number.isFinite(minValid) && minValid >= 0))
    throw invalid('minValid has to be a number of seconds, such as 300')
  if (fetch !== undefined && typeof fetch !== 'function')
    throw invalid('fetch has to be a function with the signature of the global one')
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
