import { generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'

let rsa: Promise<object> | undefined

/**
 * The key that signs ID tokens. RS256 is the default of clients (OpenID Connect Core §2). The servers of one process share
 * the key, because generating an RSA key takes up to a tenth of a second.
 */
export async function signingKeys(openid: boolean): Promise<{ keys: object[] }> {
  if (!openid) return { keys: [await ellipticKey()] } // never used, but the engine requires a key
  rsa ??= rsaKey()
  return { keys: [await rsa] }
}

async function rsaKey(): Promise<object> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }
}

async function ellipticKey(): Promise<object> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' })
  return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }
}
