import { GrantError } from '@grantkit/core'

/** The name of a table, in the forms in which statements need it. */
export interface Table {
  /** As it was given. */
  readonly name: string
  /** With its schema, if it has one, and quotes. */
  readonly quoted: string
  /** The names of its indexes, which PostgreSQL puts in the same schema. */
  readonly index: string
  readonly endIndex: string
}

/** Reads `tokens` or `app.tokens`; anything that would need escapes throws `config_invalid`. */
export function tableOf(name: string): Table {
  if (!/^(?:[a-z_][a-z0-9_]{0,62}\.)?[a-z_][a-z0-9_]{0,49}$/.test(name))
    throw new GrantError(
      'config_invalid',
      `table is a name such as "grantkit_tokens" or "app.tokens": lower case letters, digits and underscores, at most 50`,
    )
  const parts = name.split('.')
  const indexFor = (what: string): string => quote(`${parts.at(-1)}_${what}`)
  return { name, quoted: parts.map(quote).join('.'), index: indexFor('valueless'), endIndex: indexFor('until') }
}

function quote(name: string): string {
  return `"${name}"`
}
