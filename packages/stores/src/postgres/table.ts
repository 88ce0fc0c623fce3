import { GrantError } from '@grantkit/core'

/** The name of a table in the forms that statements need. */
export interface Table {
  /** The name from the options. */
  readonly name: string
  /** The quoted name, with its schema if given. */
  readonly quoted: string
  /** The names of its indexes, which PostgreSQL creates in the same schema. */
  readonly index: string
  readonly untilIndex: string
}

/** Reads `tokens` or `app.tokens`; anything that would need escapes throws `config_invalid`. */
export function tableOf(name: string): Table {
  if (!/^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,49}$/.test(name))
    throw new GrantError(
      'config_invalid',
      'table has to be a name such as "grantkit_tokens" or "app.tokens": at most 50 lower case letters, digits and underscores',
    )
  const parts = name.split('.')
  const indexFor = (what: string): string => quote(`${parts.at(-1)}_${what}`)
  return { name, quoted: parts.map(quote).join('.'), index: indexFor('valueless'), untilIndex: indexFor('until') }
}

function quote(name: string): string {
  return `"${name}"`
}
