import { ProofRefused, proofAlgorithms } from '../authorization/dpop.ts'
import { json } from '../http/response.ts'
import type { Bearer } from '../authorization/bearer.ts'
import type { HttpResponse } from '../http/response.ts'
import type { ApiRequest } from './dialect.ts'

/**
 * `/api/echo` returns what the token in the request grants. The token has to be presented as it is bound: on its own
 * (RFC 6750), with a proof of its key (RFC 9449 §7), or on a connection with its certificate (RFC 8705 §3).
 */
export async function api(request: ApiRequest): Promise<HttpResponse> {
  if (request.path !== '/api/echo') return json(404, { error: 'not_found' })
  const [, scheme = '', value] = /^(bearer|dpop) +(\S+)$/i.exec(request.authorization ?? '') ?? []
  if (value === undefined) return unauthorized(`Bearer, ${proofChallenge}`)
  const isProof = scheme.toLowerCase() === 'dpop'
  const refused = isProof ? `${proofChallenge}, error=` : 'Bearer error='
  try {
    const token = await request.bearer(value)
    const fits = token !== undefined && (await isPresentedAsBound(token, { request, value, isProof }))
    if (!fits) return unauthorized(`${refused}"invalid_token"`)
    return json(200, echo(token), isProof && request.nonce !== undefined ? { 'dpop-nonce': request.nonce } : {})
  } catch (error) {
    if (!(error instanceof ProofRefused)) throw error
    return unauthorized(`${proofChallenge}, error="${error.error}"`, error.error, request.nonce)
  }
}

const proofChallenge = `DPoP algs="${proofAlgorithms.join(' ')}"`

interface Presentation {
  readonly request: ApiRequest
  readonly value: string
  /** Whether the scheme is DPoP. */
  readonly isProof: boolean
}

async function isPresentedAsBound(token: Bearer, { request, value, isProof }: Presentation): Promise<boolean> {
  const { audience, key, certificate } = token
  if (audience !== undefined && ![request.origin, `${request.origin}/api`].includes(audience)) return false
  if (certificate !== undefined && certificate !== request.certificate) return false
  if ((key !== undefined) !== isProof) return false
  if (key === undefined) return true
  const proven = await request.provenKey(value)
  if (proven === undefined) throw new ProofRefused('invalid_dpop_proof', 'the DPoP proof is missing')
  return proven === key
}

function echo({ subject, scope, clientId, audience, authorizationDetails, actor }: Bearer): object {
  return {
    sub: subject,
    scope: scope.join(' '),
    client_id: clientId,
    aud: audience,
    authorization_details: authorizationDetails,
    act: actor,
  }
}

function unauthorized(challenge: string, error = 'invalid_token', nonce?: string): HttpResponse {
  const headers = { 'www-authenticate': challenge, ...(nonce !== undefined && { 'dpop-nonce': nonce }) }
  return json(401, { error }, headers)
}
