import { type BehindPort, ProviderPort } from '../protocol/provider-port.ts'
import { portOf, type Provider } from './provider.ts'

/** What stands behind a provider, for entries of this package: nothing of it is exported to the outside. */
export interface ProviderBackChannel extends BehindPort {
  readonly port: ProviderPort
}

/** The back channel of a provider. */
export function backChannelOf(provider: Provider): ProviderBackChannel {
  const port = portOf(provider)
  return { port, ...ProviderPort.behind(port) }
}
