import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError, type RequiredScope } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import { checkScope } from '../token/scope.ts'
import { isObject } from '../wire/json.ts'

/** The scopes of a login: a list, or what to add to those that the provider's definition has as `defaultScope`. */
export type RequestedScope<Scope extends string = string> =
  | readonly (Scope | RequiredScope)[]
  | {
      /** The scopes to request beside the default ones. */
      readonly add: readonly (Scope | RequiredScope)[]
    }

/** The scopes that a login requests: those that were passed, in place of the provider's default ones or beside them. Throws `config_invalid`. */
export function requestedScope(
  scope: RequestedScope | undefined,
  { defaultScope = [] }: ProviderDefinition,
): readonly string[] {
  if (scope === undefined) return checkScope(defaultScope)
  if (!isObject(scope)) return checkScope(scope)
  refuseUnknownFields(scope, { what: 'scope', fields: ['add'] })
  const { add } = scope as { readonly add?: readonly string[] }
  if (add === undefined) throw new GrantError('config_invalid', `scope has nothing to add: write { add: ['read'] }`)
  return checkScope([...defaultScope, ...checkScope(add)])
}

/** The options of a login, with the scopes that it requests in place of those that were passed. Throws `config_invalid`. */
export function withScope<Options extends { readonly scope?: RequestedScope | undefined }>(
  options: Options,
  provider: ProviderDefinition,
): Omit<Options, 'scope'> & { readonly scope: readonly string[] } {
  if (!isObject(options)) throw new GrantError('config_invalid', `options are an object: write { scope: ['read'] }`)
  return { ...options, scope: requestedScope(options.scope, provider) }
}
