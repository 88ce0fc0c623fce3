import { GrantError } from '../errors/grant-error.ts'
import { isObject } from '../wire/json.ts'
import { tokenFields, type TokenMembers, wireNames } from './token-members.ts'

/** The names that are judged field by field; any other is for `extra`. */
const judged: ReadonlySet<string> = new Set([...tokenFields, ...wireNames])

/**
 * Reads what was stored of a token: the JSON string, or what was parsed from it. Fields that this version does not know
 * go to `extra`, and `__proto__` goes nowhere. Throws `config_invalid` for a string that is not JSON.
 */
export function readStored(stored: string | TokenMembers): TokenMembers {
  const members = typeof stored === 'string' ? parse(stored) : stored
  if (!isObject(members)) return members
  const fields = Object.entries(members).filter(([name]) => name !== '__proto__')
  const own = Object.fromEntries(fields.filter(([name]) => judged.has(name)))
  const unknown = fields.filter(([name]) => !judged.has(name))
  const { extra = {} } = own
  if (unknown.length === 0 || !isObject(extra)) return own as unknown as TokenMembers
  return { ...own, extra: { ...Object.fromEntries(unknown), ...extra } } as unknown as TokenMembers
}

function parse(json: string): TokenMembers {
  try {
    return JSON.parse(json) as TokenMembers
  } catch {
    throw new GrantError(
      'config_invalid',
      'this is not the JSON of a token: store JSON.stringify(token), and give Token.from that string',
    )
  }
}
