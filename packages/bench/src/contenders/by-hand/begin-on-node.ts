// The authorization URL with what only Node has: hashing without a promise, and no URL object for what is only sent on.
import { hash, randomBytes } from 'node:crypto'
import type { Begun, Setup } from '../program.ts'

/** The authorization URL with PKCE, as a string. */
export function beginOnNode(setup: Setup): () => Begun {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: setup.clientId,
    redirect_uri: setup.redirectUri,
    scope: setup.scope.join(' '),
    code_challenge_method: 'S256',
  })
  const prefix = `${setup.authorizationEndpoint}?${query.toString()}`
  return () => {
    const random = randomBytes(64).toString('base64url')
    const [state, verifier] = [random.slice(0, 43), random.slice(43)]
    const url = `${prefix}&state=${state}&code_challenge=${hash('sha256', verifier, 'base64url')}`
    return { url, pending: { state, verifier } }
  }
}
