import { GrantError } from '../../errors/grant-error.ts'
import type { DefinitionVariable } from '../variables.ts'
import { parseUrl } from './url.ts'

const longest = 253

/** Checks the value of a variable against its pattern. Throws `config_invalid`, also for a variable that is itself invalid. */
export function checkValue(name: string, variable: DefinitionVariable, value: unknown): void {
  const pattern = patternOf(name, variable)
  if (typeof value === 'string' && value.length <= longest && pattern.test(value)) return
  const { description = 'a value', example } = variable
  throw invalid(`${name}: write ${description}${example === undefined ? '' : `, such as "${example}"`}`)
}

/** The value of a variable before anybody chooses one: its example, or one that fits in a host and in a path. Throws `config_invalid`. */
export function exampleOf(name: string, variable: DefinitionVariable): string {
  const { example, hostSuffix = '' } = variable
  const pattern = patternOf(name, variable)
  if (example === undefined) return `1${hostSuffix}`
  if (pattern.test(example)) return example
  throw invalid(`variables.${name}.example: write one that matches the pattern`)
}

/** The expression that a whole value matches. */
function patternOf(name: string, variable: DefinitionVariable | null): RegExp {
  const pattern: unknown = variable?.pattern
  if (typeof pattern !== 'string' || !/^\^.*\$$/.test(pattern))
    throw invalid(`variables.${name}.pattern: write an expression from ^ to $`)
  try {
    return new RegExp(`^(?:${pattern.slice(1, -1)})$`, 'u')
  } catch {
    throw invalid(`variables.${name}.pattern: this is not a valid regular expression with the flag u`)
  }
}

/** Checks a filled-in URL with a variable in its host, which has to end with the declared suffix. Throws `config_invalid`. */
export function checkHost(name: string, suffix: string | undefined, filled: string): void {
  if (suffix === undefined || !/^\.(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(suffix))
    throw invalid(
      `variables.${name}.hostSuffix: the variable is part of a host: write the end of that host, such as ".acme.example"`,
    )
  if (!parseUrl(filled)?.hostname.endsWith(suffix)) throw invalid(`${name}: the host has to end with "${suffix}"`)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
