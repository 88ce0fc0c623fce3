import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import { isObject } from '../wire/json.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import type { ServerMetadata } from '../definition/server-metadata.ts'
import { discoverMetadata } from '../protocol/discovery.ts'
import {
  checkOptions,
  emitter,
  optionFields,
  type ProviderOptions,
  type SecurityProfile,
  transportOf,
} from './options.ts'

/** What `Provider.discover` may be given, beside the options of every provider. */
export interface DiscoverOptions extends ProviderOptions {
  /** What the provider is called; the name in `definition`, else its issuer, unless given. */
  readonly name?: string | undefined
  /** What a document cannot say: scopes, API origins, deviations. Its `metadata` goes before the document's, field by field. */
  readonly definition?: DiscoveredDefinition | undefined
  /** Ends the discovery; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** A definition whose metadata is discovered. */
export interface DiscoveredDefinition extends Omit<Partial<ProviderDefinition>, 'metadata'> {
  /** Fields that the document lacks, or has wrong. */
  readonly metadata?: Partial<ServerMetadata>
}

/** A definition as it was discovered, and the options of the provider that is made of it. */
export interface Discovered {
  readonly definition: ProviderDefinition
  readonly options: ProviderOptions
}

const discoverOptions = { what: 'the options of discover', fields: [...optionFields, 'name', 'definition', 'signal'] }

/** Makes a definition of what an issuer publishes, and of what the caller adds. Rejects with `discovery_failed`, `issuer_mismatch`, `config_invalid` or what went wrong with the request. */
export async function discoverDefinition(issuer: string, given: DiscoverOptions): Promise<Discovered> {
  refuseUnknownOptions(given, discoverOptions)
  const { definition = {}, signal, ...rest }: DiscoverOptions = given
  if (![definition, definition?.metadata ?? {}].every(isObject))
    throw new GrantError('config_invalid', 'definition is an object: write { definition: { apiOrigins: […] } }')
  const { name = definition.name ?? issuer, ...options } = rest
  const { onEvent, ...checked } = checkOptions(options)
  refuseReplaced(checked.profile, definition.metadata)
  const transport = transportOf(name, checked, emitter(name, checked.clock, onEvent))
  const metadata = await discoverMetadata(transport, issuer, signal)
  return { definition: { ...definition, name, metadata: { ...metadata, ...definition.metadata, issuer } }, options }
}

/** Refuses what replaces a part of a discovered document: under FAPI 2.0, endpoints come from the metadata alone (§5.3.3.1). Throws `config_invalid`. */
function refuseReplaced(profile: SecurityProfile | undefined, metadata: object = {}): void {
  const replaced = Object.keys(metadata).find((name) => /_(?:endpoint|endpoint_aliases|uri)$/.test(name))
  if (profile !== 'fapi-2.0' || replaced === undefined) return
  throw new GrantError(
    'config_invalid',
    `the profile ${profile}: ${replaced} comes from the metadata that the issuer publishes: leave it out`,
  )
}
