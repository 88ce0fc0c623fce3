// Validation of an ID token by hand: its signature, and the claims of OpenID Connect Core §3.1.3.7.
import { createPublicKey, verify as verifySignature } from 'node:crypto'
import type { IdTokenTask, Measured } from '../program.ts'

type Verify = (data: Uint8Array, signature: Uint8Array) => boolean | Promise<boolean>

const tolerance = 30

const parameters = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const

/** With WebCrypto, as every runtime has it. */
export async function validateOnWebCrypto(task: IdTokenTask): Promise<Measured> {
  const algorithm = parameters[task.algorithm]
  const key = await crypto.subtle.importKey('jwk', task.jwk, algorithm, false, ['verify'])
  const verify: Verify = (data, signature) =>
    crypto.subtle.verify(algorithm, key, signature as BufferSource, data as BufferSource)
  return { run: () => validate(task, verify) }
}

/** With Node's own crypto, which does not leave the thread. */
export function validateOnNode(task: IdTokenTask): Measured {
  const key = createPublicKey(task.pem)
  const digest = task.algorithm === 'EdDSA' ? null : 'sha256'
  const verify: Verify = (data, signature) =>
    verifySignature(digest, data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  return { run: () => validate(task, verify) }
}

async function validate(task: IdTokenTask, verify: Verify): Promise<object> {
  const [header = '', payload = '', signature = ''] = task.idToken.split('.')
  const { alg } = parse(header)
  if (alg !== task.algorithm) throw new Error('the algorithm is another')
  const valid = await verify(Buffer.from(`${header}.${payload}`, 'latin1'), Buffer.from(signature, 'base64url'))
  if (!valid) throw new Error('the signature does not fit')
  return checkedClaims(parse(payload), task)
}

function parse(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
}

/** The claims, if they are those of this login and of this moment. */
export function checkedClaims<Claims extends Record<string, unknown>>(claims: Claims, task: IdTokenTask): Claims {
  const now = Date.now() / 1000
  const { iss, aud, sub, exp, iat, nonce } = claims
  if (iss !== task.issuer) throw new Error('the issuer is another')
  if (![aud].flat().includes(task.audience)) throw new Error('the audience is another')
  if (typeof sub !== 'string' || sub === '') throw new Error('no sub')
  if (typeof exp !== 'number' || exp < now - tolerance) throw new Error('the token has expired')
  if (typeof iat !== 'number' || iat > now + tolerance) throw new Error('the token is of the future')
  checkNonce(nonce, task.nonce)
  return claims
}

/** The nonce, where a peer leaves it to its caller. */
export function checkNonce(nonce: unknown, expected: string): void {
  if (nonce !== expected) throw new Error('the nonce is another')
}
