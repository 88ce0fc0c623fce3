import { GrantError } from '../errors/grant-error.ts'
import { type Challenge, parseChallenges } from '../protocol/challenge.ts'
import type { Token } from '../token/token.ts'

/**
 * The error that an answer of an API asks for: more scopes (RFC 6750 §3.1), or another login (RFC 9470 §3). A refresh
 * cannot help with either. Undefined for every other answer, one with a malformed challenge among them.
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

function insufficientScope({ parameters }: Challenge, token: Token, status: number): GrantError {
  const wanted = (parameters['scope'] ?? '').split(' ').filter((name) => name !== '')
  const lacking = wanted.filter((name) => !token.scope.includes(name))
  const named = lacking.length > 0 ? ` ${lacking.join(' ')}` : ''
  const required = { scope: [...new Set([...token.scope, ...wanted])] }
  return new GrantError(
    'scope_insufficient',
    `the API wants a scope that the token lacks${named}: authorize with error.required`,
    { status, required },
  )
}

function stepUp({ parameters }: Challenge, token: Token, status: number): GrantError {
  const { acr_values, max_age } = parameters
  const asked = {
    ...(acr_values && { acr_values }),
    ...(max_age !== undefined && /^\d{1,10}$/.test(max_age) && { max_age }), // anything else is no number of seconds
  }
  const required = { ...(token.scope.length > 0 && { scope: token.scope }), parameters: asked }
  return new GrantError(
    'step_up_required',
    'the API wants the user to log in again, or more strongly: authorize with error.required',
    { status, required },
  )
}
