import type { AuthorizationDetail } from '../token/authorization-detail.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { ProviderDefinition } from './provider-definition.ts'
import type { EndpointName } from './server-metadata.ts'
import type { DefinitionVariable } from './variables.ts'
import { checkHost, checkValue, exampleOf } from './check/variable.ts'

const variablePattern = /\{(\w+)\}/g

/**
 * Fills in the variables of a definition, such as a tenant. A value has to match its whole pattern, and a host that
 * contains it has to end as the definition says, so whoever chooses the value does not choose who gets the secret. Two
 * tenants never share a name: a variable of a URL that is missing in the name is appended to it, and where a name has
 * several variables, a hyphen in a value becomes `%2D`. Throws `config_invalid`.
 *
 * @example
 * ```ts
 * import { fillVariables, parseDefinition, Provider } from '@grantkit/core'
 *
 * const acme = parseDefinition(`{
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
export function fillVariables<Scope extends string, Endpoint extends EndpointName, Detail extends AuthorizationDetail>(
  definition: ProviderDefinition<Scope, Endpoint, Detail>,
  values: Readonly<Record<string, string>>,
): ProviderDefinition<Scope, Endpoint, Detail> {
  const { variables, ...template } = definition
  const declared = variables ?? {} // null in JSON that nobody has checked
  const stranger = Object.keys(values).find((name) => !Object.hasOwn(declared, name))
  if (stranger !== undefined)
    throw invalid(
      `${stranger} is not a variable of this definition: it has ${Object.keys(declared).join(', ') || 'none'}`,
    )
  for (const [name, variable] of Object.entries(declared)) checkValue(name, variable, values[name])
  return filledWith(template, declared, values)
}

/** Fills in the examples of the variables, so that a definition can be checked before anybody fills it in. Throws `config_invalid`. */
export function fillWithExamples({ variables = {}, ...template }: ProviderDefinition): ProviderDefinition {
  const examples = Object.entries(variables).map(([name, variable]) => [name, exampleOf(name, variable)])
  return filledWith(template, variables, Object.fromEntries(examples) as Values)
}

type Template<Definition extends ProviderDefinition> = Omit<Definition, 'variables'>

function filledWith<Definition extends ProviderDefinition>(
  template: Template<Definition>,
  variables: Variables,
  values: Values,
): Definition {
  const filled = fill(template, variables, values) as Definition
  if (!filled.name) return filled // a definition that came as JSON may lack one, which its provider refuses
  return { ...filled, name: fillName(nameWithTenant(template, Object.keys(variables)), values) }
}

/** The name, with every variable that occurs in a URL. */
function nameWithTenant(template: Template<ProviderDefinition>, variables: readonly string[]): string {
  const urls = stringsIn(template).filter((text) => /^https?:/i.test(text))
  const missing = variables.map((name) => `{${name}}`).filter((variable) => !template.name.includes(variable))
  const leading = missing.filter((variable) => urls.some((url) => url.includes(variable)))
  return [template.name, ...leading].join('-')
}

/** A name that no other values produce: a hyphen stands between two variables, and no value has one there. */
function fillName(name: string, values: Values): string {
  const variables = [...name.matchAll(variablePattern)].filter(([, variable = '']) => Object.hasOwn(values, variable))
  for (const [place, { 0: variable, index }] of variables.entries()) {
    const next = variables[place + 1]
    if (next && !name.slice(index + variable.length, next.index).includes('-'))
      throw invalid(`name: write a hyphen between ${variable} and ${next[0]}, so that two tenants never share a name`)
  }
  return substitute(name, values, variables.length > 1 ? escapeHyphens : undefined)
}

function escapeHyphens(value: string): string {
  return value.replaceAll('%', '%25').replaceAll('-', '%2D')
}

/** Puts values in the place of their variables; other braces stay. */
function substitute(text: string, values: Values, write: (value: string) => string = (value) => value): string {
  return text.replaceAll(variablePattern, (whole, name: string) =>
    Object.hasOwn(values, name) ? write(values[name] ?? '') : whole,
  )
}

function stringsIn(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part]
  return typeof part === 'object' && part !== null ? Object.values(part).flatMap(stringsIn) : []
}

type Variables = Readonly<Record<string, DefinitionVariable>>
type Values = Readonly<Record<string, string>>

function fill(part: unknown, variables: Variables, values: Values): unknown {
  if (typeof part === 'string') return fillString(part, variables, values)
  if (Array.isArray(part)) return part.map((item) => fill(item, variables, values))
  if (typeof part !== 'object' || part === null) return part
  return Object.fromEntries(Object.entries(part).map(([name, field]) => [name, fill(field, variables, values)]))
}

function fillString(text: string, variables: Variables, values: Values): string {
  const filled = substitute(text, values)
  const [, host = ''] = /^https?:\/\/([^/?#]*)/i.exec(text) ?? []
  for (const [, name = ''] of host.matchAll(variablePattern)) checkHost(name, variables[name]?.hostSuffix, filled)
  return filled
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
