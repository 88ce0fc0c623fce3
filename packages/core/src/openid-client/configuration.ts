import { allowInsecureRequests, clockSkew, Configuration, customFetch, enableNonRepudiationChecks } from 'openid-client'
import type { CheckedClient } from '../definition/check/client.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { revocationEndpoint } from '../protocol/revocation-endpoint.ts'
import { backChannelOf } from '../provider/back-channel-of.ts'
import type { Provider } from '../provider/provider.ts'
import { bridgeFetch } from './bridge-fetch.ts'

type Metadata = ReturnType<Configuration['serverMetadata']>

/**
 * A provider as a `Configuration` of openid-client. The forms that openid-client sends with it are authenticated, guarded
 * and normalised as requests of the provider are; the configuration holds no secret. An endpoint that the metadata does not
 * name is refused with `origin_not_allowed`. ID tokens, state and callbacks are checked by openid-client, with its own rules.
 *
 * Keep one per provider, because it caches the provider's keys, and `import` openid-client in the version that this package
 * depends on: a second copy of it refuses the configuration.
 *
 * @example
 * ```ts
 * import { Provider } from '@grantkit/core'
 * import { configurationOf } from '@grantkit/core/openid-client'
 *
 * const metadata = { issuer: 'https://id.acme.example', token_endpoint: 'https://id.acme.example/token' }
 * const acme = new Provider({ name: 'acme', metadata }, { clientId: 'my-client', clientSecret: 'from the environment' })
 * const configuration = await configurationOf(acme)
 * configuration.serverMetadata().issuer // => 'https://id.acme.example'
 * ```
 */
export async function configurationOf(provider: Provider): Promise<Configuration> {
  const { channel, context } = backChannelOf(provider)
  const { client, transport } = context
  const metadata = metadataOf(context.provider, client.clientId)
  const registration = registrationOf(client, transport.clock.now())
  const configuration = new Configuration(metadata, client.clientId, registration, nothing)
  configuration[customFetch] = bridgeFetch({ channel, context, metadata })
  configuration.timeout = 0 // the guard has a deadline of its own, which covers the body
  if (metadata.jwks_uri !== undefined) enableNonRepudiationChecks(configuration)
  if (Object.values(metadata).some((value) => typeof value === 'string' && value.startsWith('http:')))
    allowInsecureRequests(configuration) // the guard decides which of them may be
  return configuration
}

/** The client authenticates in the fetch, which knows both the URL and the form. */
function nothing(): void {
  return undefined
}

/** The metadata for openid-client, which insists on an issuer, and looks for the revocation endpoint nowhere else. */
function metadataOf(definition: ProviderDefinition, clientId: string): Metadata {
  const { metadata, name } = definition
  const endpoint = revocationEndpoint(definition, clientId)
  return {
    ...metadata,
    issuer: metadata.issuer ?? name,
    ...(endpoint !== undefined && { revocation_endpoint: endpoint }),
  } as Metadata
}

function registrationOf({ idTokenSigningAlgorithm }: CheckedClient, now: number) {
  return {
    [clockSkew]: Math.round((now - Date.now()) / 1000),
    ...(idTokenSigningAlgorithm !== undefined && { id_token_signed_response_alg: idTokenSigningAlgorithm }),
  }
}
