import { GrantError } from '../../errors/grant-error.ts'
import { kindOf } from '../../errors/quote.ts'
import { freezeDeep } from '../../token/plain.ts'
import { isObject } from '../../wire/json.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import { checkQuery, checkServerUrl } from './url.ts'

/** Endpoints that the user's browser is sent to, which has no certificate of the client. */
const ofBrowsers: ReadonlySet<string> = new Set(['authorization_endpoint', 'end_session_endpoint'])

/**
 * The definition for a client that presents a certificate: `mtls_endpoint_aliases` stand in place of the endpoints that
 * they are for (RFC 8705 §5). Throws `metadata_invalid`, `insecure_url` or `config_invalid`.
 */
export function withMtlsAliases<Definition extends ProviderDefinition>(
  definition: Definition,
  httpHosts: readonly string[],
): Definition {
  const { mtls_endpoint_aliases: aliases } = definition.metadata
  if (aliases === undefined) return definition
  if (!isObject(aliases))
    throw new GrantError('metadata_invalid', `mtls_endpoint_aliases is an object, not ${kindOf(aliases)}`)
  const used = Object.entries(aliases).filter(([name]) => name.endsWith('_endpoint') && !ofBrowsers.has(name))
  for (const [name, url] of used) {
    const place = `mtls_endpoint_aliases.${name}`
    checkQuery(place, checkServerUrl(place, url, { httpHosts }).href)
  }
  return freezeDeep({ ...definition, metadata: { ...definition.metadata, ...Object.fromEntries(used) } })
}
