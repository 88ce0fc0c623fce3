import { GrantError } from '../errors/grant-error.ts'
import { isObject } from '../wire/json.ts'
import { tokenFields, type TokenFields, wireNames } from './token-fields.ts'

/** The names that are checked one by one; all others go to `extra`. */
const checked: ReadonlySet<string> = new Set([...tokenFields, ...wireNames])

/**
 * Reads a stored token: the JSON string, or what was parsed from it. Fields that this version does not know
 * go to `extra`, and `__proto__` is dropped. Throws `config_invalid` for a string that is not JSON.
 */
export function readStored(stored: string | TokenFields): TokenFields {
  const written = typeof stored === 'string' ? parse(stored) : stored
  if (!isObject(written)) return written
  const fields = Object.entries(written).filter(([name]) => name !== '__proto__')
  const own = Object.fromEntries(fields.filter(([name]) => checked.has(name)))
  const unknown = fields.filter(([name]) => !checked.has(name))
  const { extra = {} } = own
  if (unknown.length === 0 || !isObject(extra)) return own as unknown as TokenFields
  return { ...own, extra: { ...Object.fromEntries(unknown), ...extra } } as unknown as TokenFields
}

function parse(json: string): TokenFields {
  try {
    return JSON.parse(json) as TokenFields
  } catch {
    throw new GrantError(
      'config_invalid',
      'this is not the JSON of a token: store JSON.stringify(token), and pass that string to Token.from',
    )
  }
}
