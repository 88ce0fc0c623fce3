import type { Emit } from '../protocol/events.ts'
import type { ProofOfPossession } from '../protocol/proof-of-possession.ts'
import type { ProviderPort } from '../protocol/provider-port.ts'
import type { SourceProvider } from '../refresh/open-token-source.ts'
import type { Transport } from '../transport/transport.ts'

/** What the requests of a provider share. */
interface Behind {
  readonly transport: Transport
  readonly emit: Emit
  readonly proofs: ProofOfPossession | undefined
}

/** What a provider is to its token sources. */
export function sourceProvider<Scope extends string>(
  port: ProviderPort<Scope>,
  { transport, emit, proofs }: Behind,
): SourceProvider<Scope> {
  const { clock, fetch, httpHosts, timeout } = transport
  const { name: provider, apiOrigins: origins = [], api: rules } = port.provider
  const { clientId } = port.client
  return {
    port,
    emit,
    api: Object.freeze({ provider, clientId, origins, rules, httpHosts, fetch, clock, emit, proofs }),
    timeout,
    revoke: (grant, signal) => port.revoke(grant, signal),
  }
}
