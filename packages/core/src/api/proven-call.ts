import { GrantError } from '../errors/grant-error.ts'
import type { ProofOfPossession, ProvenRequest } from '../protocol/proof-of-possession.ts'
import { type Challenge, parseChallenges } from '../wire/challenges.ts'
import { discard, orDiscard } from './discard.ts'

/** A call with a token that is bound to a key. */
export interface ProvenCall {
  readonly request: ProvenRequest
  /** Whether it can be sent again: its body, if any, is still there then. */
  readonly replayable: boolean
  /** Sends it with a proof. */
  readonly send: (proof: string) => Promise<Response>
}

/** Sends a call with a proof (RFC 9449 §7.1), and once more with another where the API asks for its nonce (§9). Rejects with `config_invalid` where the API takes none of this key. */
export async function sendProven(
  proofs: ProofOfPossession,
  { request, replayable, send }: ProvenCall,
): Promise<Response> {
  const attempt = async (nonce?: string): Promise<Response> => {
    const response = await send(await proofs.proof({ ...request, nonce }))
    return orDiscard(response, () => checkAlgorithm(response, proofs))
  }
  const remembered = ({ url, headers }: Response): boolean =>
    proofs.remember(URL.canParse(url) ? url : request.url, headers)
  const first = await attempt()
  if (!remembered(first) || !replayable || proofError(first) !== 'use_dpop_nonce') return first
  discard(first)
  const second = await attempt(first.headers.get('dpop-nonce') ?? undefined)
  remembered(second)
  return second
}

/** What an API says is wrong with the proof of a call, whose token is as good as before; undefined for any other response. */
export function proofError(response: Response): 'use_dpop_nonce' | 'invalid_dpop_proof' | undefined {
  const error = dpopChallenge(response)?.parameters['error']
  return error === 'use_dpop_nonce' || error === 'invalid_dpop_proof' ? error : undefined
}

function dpopChallenge({ status, headers }: Response): Challenge | undefined {
  if (status !== 401) return undefined
  return parseChallenges(headers.get('www-authenticate')).find(({ scheme }) => scheme === 'dpop')
}

/** An API that lists its algorithms takes no other, however often it is asked (RFC 9449 §7.1). */
function checkAlgorithm(response: Response, { algorithm }: ProofOfPossession): Response {
  const listed = (dpopChallenge(response)?.parameters['algs'] ?? '')
    .split(' ')
    .filter((name) => /^[\w-]{1,20}$/.test(name))
  if (listed.length === 0 || listed.includes(algorithm)) return response
  throw new GrantError(
    'config_invalid',
    `the API takes DPoP proofs signed with ${listed.slice(0, 10).join(', ')}, and this key signs with ${algorithm}: pass { dpop: keyPair } with a key pair for one of those`,
    { status: response.status },
  )
}
