import type { ProviderDefinition } from '@grantkit/core'
import type { SimulateProviderOptions } from '../simulated-provider.ts'
import type { Registrations } from './clients.ts'
import type { Ledger } from './ledger.ts'
import type { Pending } from './pending.ts'

/** What every part of a simulated provider works with. */
export interface SimulationContext {
  readonly definition: ProviderDefinition
  readonly clients: Registrations
  readonly ledger: Ledger
  readonly pending: Pending
  readonly options: SimulateProviderOptions
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}
