import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { Emit } from '../protocol/events.ts'
import type { Clock } from '../transport/clock.ts'
import type { TokenSource } from './token-source.ts'

/** What a source that a provider has made knows of it, beside its tokens. */
export interface SourceBinding {
  readonly definition: ProviderDefinition
  readonly clientId: string
  readonly clock: Clock
  readonly emit: Emit
}

const bindings = new WeakMap<TokenSource, SourceBinding>()

/** Ties a source to its provider, for whoever presents its tokens. */
export function bind(source: TokenSource, binding: SourceBinding): TokenSource {
  bindings.set(source, binding)
  return source
}

/** The provider of a source; a source of the user's own has none. */
export function bindingOf(source: TokenSource): SourceBinding | undefined {
  return bindings.get(source)
}
