import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

type Jwk = Readonly<Record<string, unknown>>

let rsa: Promise<Jwk> | undefined

/**
 * The keys that sign ID tokens and other responses, one for each algorithm. RS256 is the default of clients (OpenID Connect
 * Core §2), which FAPI 2.0 does not allow. The servers of one process share the RSA key, because generating one takes up
 * to a tenth of a second.
 */
export async function signingKeys(openid: boolean, profile?: 'fapi-2.0'): Promise<{ keys: object[] }> {
  const es256 = await elliptic('ec', 'ES256')
  if (!openid) return { keys: [es256] } // never used, but the engine requires a key
  rsa ??= rsaKey()
  const [key, eddsa] = await Promise.all([rsa, elliptic('ed25519', undefined)])
  const rs256 = { ...key, use: 'sig', alg: 'RS256' }
  const ps256 = { ...key, use: 'sig', alg: 'PS256', kid: 'PS256' }
  return { keys: [...(profile === undefined ? [rs256] : []), ps256, es256, eddsa] }
}

async function rsaKey(): Promise<Jwk> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey.export({ format: 'jwk' })
}

async function elliptic(kind: 'ec' | 'ed25519', alg: string | undefined): Promise<Jwk> {
  const { privateKey } =
    kind === 'ec'
      ? await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
      : await promisify(generateKeyPair)('ed25519')
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', ...(alg !== undefined && { alg }) }
}
