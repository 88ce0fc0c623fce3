import { GrantError } from '../errors/grant-error.ts'
import type { ProviderDefinition } from './provider-definition.ts'
import type { DefinitionVariable } from './variables.ts'
import { parseUrl } from './check/url.ts'

const longest = 253

/**
 * Fills in the variables of a definition, such as a tenant. A value has to match its whole pattern, and a host that it
 * stands in ends as the definition says: who chooses the value does not choose who gets the secret. Throws `config_invalid`.
 *
 * @example
 * ```ts
 * import { fillVariables, Provider, type ProviderDefinition } from '@grantkit/core'
 *
 * const acme: ProviderDefinition = JSON.parse(`{
 *   "name": "acme-{tenant}",
 *   "metadata": { "token_endpoint": "https://{tenant}.acme.example/token" },
 *   "variables": { "tenant": { "pattern": "^[a-z0-9-]{1,63}$", "hostSuffix": ".acme.example" } }
 * }`)
 * const { name, definition } = new Provider(fillVariables(acme, { tenant: 'blue' }), { clientId: 'my-client' })
 * name // => 'acme-blue'
 * definition.metadata.token_endpoint // => 'https://blue.acme.example/token'
 * fillVariables(acme, { tenant: 'evil.example/' }) // throws config_invalid
 * ```
 */
export function fillVariables<Scope extends string>(
  definition: ProviderDefinition<Scope>,
  values: Readonly<Record<string, string>>,
): ProviderDefinition<Scope> {
  const { variables = {}, ...template } = definition
  const stranger = Object.keys(values).find((name) => !Object.hasOwn(variables, name))
  if (stranger !== undefined)
    throw invalid(`${stranger}: there is no such variable, but ${Object.keys(variables).join(', ') || 'none'}`)
  for (const [name, variable] of Object.entries(variables)) checkValue(name, variable, values[name])
  return fill(template, variables, values) as ProviderDefinition<Scope>
}

function checkValue(
  name: string,
  { pattern, description = 'a value', example }: DefinitionVariable,
  value: unknown,
): void {
  if (!/^\^.*\$$/.test(pattern)) throw invalid(`variables.${name}.pattern: write an expression from ^ to $`)
  const whole = new RegExp(`^(?:${pattern.slice(1, -1)})$`, 'u')
  if (typeof value === 'string' && value.length <= longest && whole.test(value)) return
  throw invalid(`${name}: write ${description}${example === undefined ? '' : `, such as "${example}"`}`)
}

type Variables = Readonly<Record<string, DefinitionVariable>>
type Values = Readonly<Record<string, string>>

function fill(part: unknown, variables: Variables, values: Values): unknown {
  if (typeof part === 'string') return fillText(part, variables, values)
  if (Array.isArray(part)) return part.map((item) => fill(item, variables, values))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, fill(member, variables, values)]))
}

function fillText(text: string, variables: Variables, values: Values): string {
  const filled = text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  const [, host = ''] = /^https?:\/\/([^/?#]*)/i.exec(text) ?? []
  for (const [, name = ''] of host.matchAll(/\{(\w+)\}/g)) checkHost(name, variables[name]?.hostSuffix, filled)
  return filled
}

function checkHost(name: string, suffix: string | undefined, filled: string): void {
  if (suffix === undefined || !/^\.(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(suffix))
    throw invalid(`variables.${name}.hostSuffix: the variable stands in a host: write how that ends, ".acme.example"`)
  if (!parseUrl(filled)?.hostname.endsWith(suffix)) throw invalid(`${name}: the host has to end with "${suffix}"`)
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
