import { parseUrl } from '../definition/check/url.ts'
import { GrantError } from '../errors/grant-error.ts'
import { requiredFor } from '../token/required.ts'
import { isScopeToken } from '../token/scope.ts'
import { type Challenge, parseChallenges } from '../wire/challenges.ts'
import type { Token } from '../token/token.ts'

/**
 * The error that a response of an API asks for: more scopes (RFC 6750 §3.1), or another login (RFC 9470 §3). A refresh
 * cannot help with either. Undefined for every other response, one with a malformed challenge among them.
 */
export function challengeError(response: Response, token: Token): GrantError | undefined {
  if (response.status !== 401 && response.status !== 403) return undefined
  const challenges = parseChallenges(response.headers.get('www-authenticate'))
  const find = (error: string): Challenge | undefined =>
    challenges.find(({ parameters }) => parameters['error'] === error)
  const scope = find('insufficient_scope')
  if (scope) return insufficientScope(scope, token, response.status)
  const login = find('insufficient_user_authentication')
  return login && stepUp(login, token, response.status)
}

/** An error of the token source that requires a login, with what the API requested when it refused the token. */
export function withChallenge(error: GrantError, response: Response): GrantError {
  if (error.action !== 'reauthorize') return error
  const challenges = parseChallenges(response.headers.get('www-authenticate'))
  const scope = [...(error.required?.scope ?? []), ...challenges.flatMap(scopesOf)]
  const required = requiredFor(undefined, { ...error.required, scope })
  const { resourceMetadata } = error
  const described = resourceMetadata === undefined ? metadataOf(...challenges) : { resourceMetadata }
  return new GrantError(error.code, error.message, { ...error, cause: error.cause, required, ...described })
}

function insufficientScope(challenge: Challenge, token: Token, status: number): GrantError {
  const wanted = scopesOf(challenge)
  const lacking = wanted.filter((name) => !token.scope.includes(name))
  const scope = lacking.length > 0 ? `the scope ${lacking.join(' ')}, which` : 'a scope that'
  return new GrantError(
    'scope_insufficient',
    `the API asks for ${scope} the token lacks: authorize with error.required`,
    {
      status,
      required: requiredFor(token, { scope: wanted }),
      ...metadataOf(challenge),
    },
  )
}

function stepUp(challenge: Challenge, token: Token, status: number): GrantError {
  const { acr_values, max_age } = challenge.parameters
  const acrValues = (acr_values ?? '').split(' ').filter((value) => value !== '')
  const required = requiredFor(token, {
    ...(acrValues.length > 0 && { acrValues }),
    ...(max_age !== undefined && /^\d{1,10}$/.test(max_age) && { maxAge: Number(max_age) }), // anything else is not a number of seconds
  })
  return new GrantError(
    'step_up_required',
    'the API asks for a more recent or a stronger login: authorize with error.required',
    { status, required, ...metadataOf(challenge) },
  )
}

function scopesOf({ parameters }: Challenge): readonly string[] {
  return (parameters['scope'] ?? '').split(' ').filter(isScopeToken)
}

/** Where the API describes itself (RFC 9728 §5.1). */
function metadataOf(...challenges: readonly Challenge[]): { readonly resourceMetadata?: string } {
  const urls = challenges.map(({ parameters }) => parameters['resource_metadata'])
  const resourceMetadata = urls.find((url) => url !== undefined && parseUrl(url))
  return resourceMetadata === undefined ? {} : { resourceMetadata }
}
