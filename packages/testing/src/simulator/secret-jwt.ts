import { type KeyObject, verify } from 'node:crypto'
import type { ClientRegistration } from '@grantkit/core'
import type { SimulationContext } from './context.ts'
import { Refusal } from './refusal.ts'

const maximumLifetime = 15_777_000 // seconds: Apple’s six months

/** Verifies a client secret that is a JWT, as Apple does. Throws `invalid_client`. */
export function verifySecretJwt(
  jwt: string,
  { clientId, signingKey }: ClientRegistration,
  { definition, clients, now }: SimulationContext,
): void {
  const { algorithm, audience } = definition.clientAuthentication?.secretJwt ?? {}
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const { alg, kid } = parse(header)
  const { iss, sub, aud, iat, exp } = parse(payload)
  const seconds = now() / 1000
  const checks = {
    alg: alg === algorithm,
    kid: kid === signingKey?.keyId,
    iss: iss === signingKey?.issuer,
    sub: sub === clientId,
    aud: aud === audience,
    iat: Number(iat) <= seconds + 60,
    exp: Number(exp) > seconds && Number(exp) <= Number(iat) + maximumLifetime,
    signature: isSigned(`${header}.${payload}`, signature, clients.verificationKey),
  }
  const wrong = Object.entries(checks).find(([, fits]) => !fits)
  if (wrong) throw new Refusal('invalid_client', `the client secret has an invalid ${wrong[0]}`)
}

function isSigned(input: string, signature: string, key: KeyObject | undefined): boolean {
  if (!key) return false
  return verify('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
}

function parse(part: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>
  } catch {
    return {}
  }
}
