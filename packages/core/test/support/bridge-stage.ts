import type { ProviderDefinition } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import type { Reply } from '@grantkit/testing/server'
import { testClock } from './clock.ts'
import { confidential, eventLog, scene } from './scene.ts'

/** A provider with every endpoint, whose definition deviates as it is told, and its configuration. */
export async function bridgeStage(definition: Partial<ProviderDefinition> = {}, ...replies: readonly Reply[]) {
  const { server, provider, ...rest } = await scene(...replies)
  const { events, onEvent } = eventLog()
  const clock = testClock()
  const at = (name: string) => `${server.url}/${name}`
  const metadata = {
    authorization_endpoint: at('authorize'),
    token_endpoint: at('token'),
    pushed_authorization_request_endpoint: at('par'),
    device_authorization_endpoint: at('device'),
    introspection_endpoint: at('introspect'),
    userinfo_endpoint: at('userinfo'),
    ...(definition.revocation?.endpoint === undefined && { revocation_endpoint: at('revoke') }),
    ...definition.metadata,
  }
  const revocation = definition.revocation?.endpoint?.replace('{server}', server.url)
  const acme = provider(
    confidential,
    {
      ...definition,
      metadata,
      ...(revocation !== undefined && { revocation: { ...definition.revocation, endpoint: revocation } }),
    },
    { onEvent, clock },
  )
  const last = async () => (await server.requests()).at(-1)
  return { ...rest, server, clock, events, acme, last, configuration: await configurationOf(acme) }
}
