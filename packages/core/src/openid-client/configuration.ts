import { allowInsecureRequests, clockSkew, Configuration, customFetch, enableNonRepudiationChecks } from 'openid-client'
import { backChannelOf } from '../provider/back-channel-of.ts'
import type { Provider } from '../provider/provider.ts'
import { bridgeFetch } from './bridge-fetch.ts'

/**
 * A provider as a `Configuration` of openid-client. Requests that openid-client makes with it are authenticated, guarded
 * and normalised as those of the provider are: the configuration holds no secret, and endpoints that the metadata does not
 * name are refused with `origin_not_allowed`. Keep one per provider, because it caches the provider's keys. ID tokens,
 * state and callbacks are checked by openid-client, with its own rules.
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
  const { metadata, revocation, name } = provider.definition
  const { clientId, idTokenSigningAlgorithm } = context.client
  const server = {
    ...metadata,
    issuer: metadata.issuer ?? name, // openid-client insists on one
    ...(revocation?.endpoint !== undefined && {
      revocation_endpoint: revocation.endpoint.replace('{client_id}', clientId),
    }),
  } as ConstructorParameters<typeof Configuration>[0]
  const client = {
    [clockSkew]: Math.round((context.transport.clock.now() - Date.now()) / 1000),
    ...(idTokenSigningAlgorithm !== undefined && { id_token_signed_response_alg: idTokenSigningAlgorithm }),
  }
  const configuration = new Configuration(server, clientId, client, () => undefined) // the client authenticates in the fetch, which knows URL and form
  configuration[customFetch] = bridgeFetch(channel, context)
  configuration.timeout = 0 // the guard has a deadline of its own, which covers the body
  if (metadata.jwks_uri !== undefined) enableNonRepudiationChecks(configuration)
  if (Object.values(server).some((value) => typeof value === 'string' && value.startsWith('http:')))
    allowInsecureRequests(configuration) // the guard decides which of them may be
  return configuration
}
