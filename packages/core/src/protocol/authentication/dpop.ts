import { algorithmsOf } from '../../definition/check/private-key.ts'
import type { ServerMetadata } from '../../definition/server-metadata.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { Clock } from '../../transport/clock.ts'
import { load } from '../../transport/load.ts'
import type { DpopKeyPair, ProofOfPossession } from '../proof-of-possession.ts'

/** What proofs are made with. */
export interface DpopSetup {
  /** The key pair, once checked; `true` makes one for this process. */
  readonly dpop: true | DpopKeyPair
  readonly clock: Pick<Clock, 'now'>
}

/** Proofs of possession, where there is a key for them; what signs them is loaded with the first. Throws `config_invalid` where the server takes none of this key. */
export function proofsOf(
  { dpop, clock }: Pick<DpopSetup, 'clock'> & { readonly dpop: DpopSetup['dpop'] | undefined },
  metadata: Partial<ServerMetadata> = {},
): ProofOfPossession | undefined {
  if (dpop === undefined) return undefined
  const algorithm = algorithmFor(dpop, metadata['dpop_signing_alg_values_supported'])
  let proofs: Omit<ProofOfPossession, 'volatile' | 'algorithm'> | undefined
  const loaded = async (): Promise<NonNullable<typeof proofs>> => {
    if (proofs) return proofs
    const { DpopProofs } = await load(() => import('./dpop-proofs.ts'))
    return (proofs ??= new DpopProofs({ dpop, clock, algorithm }))
  }
  return Object.freeze({
    volatile: dpop === true,
    algorithm,
    proof: async (request) => (await loaded()).proof(request),
    remember: (url, headers) => proofs?.remember(url, headers) ?? false, // before the first proof, nothing was sent
    thumbprint: async () => (await loaded()).thumbprint(),
  } satisfies ProofOfPossession)
}

/** The algorithm of the key that the server takes (RFC 9449 §5.1). */
function algorithmFor(dpop: true | DpopKeyPair, supported: unknown): string {
  const own = dpop === true ? ['ES256'] : algorithmsOf(dpop.privateKey).toReversed() // the newer name of Ed25519 goes first
  const listed = Array.isArray(supported) ? supported.map(String) : own
  const algorithm = own.find((name) => listed.includes(name))
  if (algorithm !== undefined) return algorithm
  throw new GrantError(
    'config_invalid',
    `the server takes DPoP proofs signed with ${listed.join(', ')}, and this key signs with ${own.join(', ')}: pass { dpop: keyPair } with a key pair for one of those`,
  )
}
