import { GrantError } from '../errors/grant-error.ts'
import { checkScope } from '../token/scope.ts'
import { requiredFor } from '../token/required.ts'
import type { Token } from '../token/token.ts'
import type { Purpose } from './coordination.ts'
import type { TokenOptions } from './token-source.ts'

/**
 * What a token is for. Each resource has a token of its own (RFC 8707 §2.2); where the grant can be asked again, each set
 * of scopes has, too. The scopes of a stored grant are those of its token.
 */
export function purposeOf({ scope, resource }: TokenOptions, { askable, login }: Purposes): Purpose {
  const resources = resource === undefined || isSame(resource, login) ? [] : [resource].flat().toSorted()
  const scopes = askable ? checkScope(scope).toSorted() : []
  if (resources.length === 0 && scopes.length === 0) return whole
  return {
    name: JSON.stringify([resources, scopes]),
    ...(resources.length > 0 && { resource: resources }),
    ...(scopes.length > 0 && { scope: scopes }),
  }
}

/** What tells the purposes of one source apart. */
interface Purposes {
  /** Whether its grant can be asked again. */
  readonly askable: boolean
  /** The resource of the login's own token. */
  readonly login: TokenOptions['resource']
}

function isSame(resource: string | readonly string[], login: TokenOptions['resource']): boolean {
  return login !== undefined && listed(resource) === listed(login)
}

function listed(resource: string | readonly string[]): string {
  return JSON.stringify([resource].flat().toSorted())
}

const whole: Purpose = Object.freeze({ name: '' })

/** Throws `scope_insufficient` when a token is known to lack a scope: a refresh cannot add one, the user can. */
export function checkScopes(token: Token, { scope = [] }: TokenOptions): Token {
  const missing = token.scope.length > 0 ? scope.filter((name) => !token.scope.includes(name)) : []
  if (missing.length === 0) return token
  throw new GrantError(
    'scope_insufficient',
    `the token lacks the scope ${missing.join(' ')}: authorize with error.required`,
    { required: requiredFor(token, { scope }) },
  )
}
