import { GrantError } from '../errors/grant-error.ts'

/**
 * The `GrantError` behind an error of openid-client, which wraps what its fetch throws: a timeout, a redirect, a response
 * that is too large. Undefined where there is none.
 */
export function grantErrorIn(error: unknown): GrantError | undefined {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 10; inner = inner.cause, depth++)
    if (inner instanceof GrantError) return inner
  return undefined
}
