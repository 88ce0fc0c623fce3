import type { ApiRules } from '../definition/api-rules.ts'
import type { GrantEvent } from '../protocol/events.ts'
import type { ProofOfPossession } from '../protocol/proof-of-possession.ts'
import type { Clock } from '../transport/clock.ts'

/**
 * What the provider of a token source expects of calls to its API: `authorizedFetch` and `apiClient` read it. A wrapper around a source passes it on as it is.
 */
export interface SourceApi {
  /** The name of the provider. */
  readonly provider: string
  /** The client identifier, which some APIs expect in a header. */
  readonly clientId: string
  /** The origins that the tokens may be sent to, as the definition lists them. */
  readonly origins: readonly string[]
  /** How a token is presented, and what responses mean; absent where the API does as RFC 6750 says. */
  readonly rules?: ApiRules | undefined
  /** Hosts, with their port, to which plain http is allowed besides loopback. */
  readonly httpHosts: readonly string[]
  /** The `fetch` that the provider was given, which carries API calls, too. */
  readonly fetch: typeof globalThis.fetch
  /** The clock of the provider. */
  readonly clock: Clock
  /** Proves possession of the key that the tokens are bound to (RFC 9449); absent for a provider without one. */
  readonly proofs?: ProofOfPossession | undefined
  /** Tells the provider's `onEvent` what happened. */
  readonly emit: (event: Omit<GrantEvent, 'provider' | 'at'>) => void
}
