import { GrantError } from '../errors/grant-error.ts'

/** A list of strings without spaces, as one string (OpenID Connect Core §3.1.2.1). Throws `config_invalid`. */
export function wordList(name: string, words: readonly string[] | undefined, example: string): string | undefined {
  if (words === undefined) return undefined
  if (Array.isArray(words) && words.every((item) => typeof item === 'string' && /^\S+$/.test(item)))
    return words.join(' ')
  throw new GrantError('config_invalid', `${name} is an array of strings without spaces: write ['${example}']`)
}
