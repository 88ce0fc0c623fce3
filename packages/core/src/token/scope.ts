import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'

/** `scope-token` of RFC 6749 §3.3: printable ASCII without space, `"` and `\`. */
const scopeToken = /^[\u0021\u0023-\u005B\u005D-\u007E]+$/

/** Whether a string is one scope (RFC 6749 §3.3). */
export function isScopeToken(string: string): boolean {
  return scopeToken.test(string)
}

/** Checks and copies a list of requested scopes. Throws `config_invalid`. */
export function checkScope(scope: readonly string[] | undefined): readonly string[] {
  if (scope === undefined) return []
  if (!Array.isArray(scope)) throw new GrantError('config_invalid', `scope has to be an array: write ${arrayOf(scope)}`)
  for (const item of scope as readonly unknown[]) {
    if (typeof item === 'string' && isScopeToken(item)) continue
    throw new GrantError(
      'config_invalid',
      `${quote(item)} is not a valid scope: write ${arrayOf(item)}, printable ASCII without quotes or backslashes`,
    )
  }
  return Object.freeze([...new Set(scope as readonly string[])])
}

function arrayOf(scope: unknown): string {
  const words = typeof scope === 'string' ? scope.split(/[\s,]+/).filter(isScopeToken) : []
  return words.length > 0 ? `[${words.map((word) => `'${word}'`).join(', ')}]` : `['read', 'write']`
}
