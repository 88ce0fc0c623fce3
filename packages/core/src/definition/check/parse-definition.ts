import { GrantError } from '../../errors/grant-error.ts'
import { kindOf } from '../../errors/quote.ts'
import { frozenCopy } from '../../token/plain.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import { fillWithExamples } from '../fill-variables.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import { checkDefinition } from './definition.ts'
import { checkShape } from './kinds.ts'
import { definitionShape } from './shape.ts'

/**
 * The definition of a provider that comes as JSON: a string, or what was parsed from it. Every field is checked, so that
 * `new Provider` takes what this returns. A definition with `variables` is checked with their examples filled in;
 * pass it to `fillVariables` next. The result is frozen. Throws `config_invalid`, `metadata_invalid` or `insecure_url`, with
 * the path of the first field that is wrong and what to write instead.
 *
 * @example
 * ```ts
 * import { parseDefinition, Provider } from '@grantkit/core'
 *
 * const acme = parseDefinition('{ "name": "acme", "metadata": { "token_endpoint": "https://id.acme.example/token" } }')
 * new Provider(acme, { clientId: 'my-client' }).name // => 'acme'
 *
 * parseDefinition({ ...acme, pkce: 'always' }) // throws config_invalid
 * ```
 */
export function parseDefinition(json: unknown): ProviderDefinition {
  const data = typeof json === 'string' ? parse(json) : json
  if (!isObject(data)) throw invalid(`the definition: write an object, not ${kindOf(data)}`)
  if (data['hooks'] !== undefined)
    throw invalid('hooks: they are functions, which JSON cannot hold: add them in code, { ...definition, hooks }')
  checkShape(data, definitionShape)
  const definition = data as unknown as ProviderDefinition
  if (definition.variables === undefined) return checkDefinition(definition)
  const copy = frozenCopy(definition)
  checkDefinition(fillWithExamples(copy))
  return copy
}

function parse(json: string): unknown {
  const data = parseJson(json)
  if (data === undefined) throw invalid('the definition is not valid JSON')
  return data
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
