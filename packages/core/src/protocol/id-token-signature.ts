import type { JWTVerifyGetKey } from 'jose'
import { GrantError } from '../errors/grant-error.ts'
import type { Cryptography } from '../transport/cryptography.ts'
import type { KeySet } from './key-set.ts'
import { parseJson } from './oauth-error.ts'

/** What a signature is checked with. */
export interface SignatureContext {
  readonly algorithms: readonly string[]
  readonly keys: KeySet
  /** Milliseconds since the epoch. */
  readonly now: number
  /** What verifies at once; without it, WebCrypto does. */
  readonly cryptography?: Cryptography | undefined
}

/** A token whose signature is that of its issuer. */
export interface SignedToken {
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string }
  readonly payload: Readonly<Record<string, unknown>>
}

/** Seconds by which the clocks of two honest machines may differ. */
export const tolerance = 30
/** Bits below which an RSA key signs nothing (RFC 7518 §3.3). */
const shortestModulus = 2048

/** Verifies the signature of an ID token, by one of the algorithms and one of the keys (RFC 7515 §5.2). Rejects with `id_token_invalid`. */
export async function verifySignature(idToken: string, context: SignatureContext): Promise<SignedToken> {
  const { keys, cryptography } = context
  const verify = cryptography ? atOnce(idToken, context, cryptography) : await byJose(idToken, context)
  const verification = (key: JWTVerifyGetKey): Promise<SignedToken> =>
    verify(key).catch((error: unknown) => tryEach(error, (candidate) => verify(async () => candidate)))
  try {
    return await keys.verify(verification)
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw invalidIdToken('is not signed as it should be, or is past its life', error)
  }
}

type Verify = (key: JWTVerifyGetKey) => Promise<SignedToken>

let jose: typeof import('jose/jwt/verify') | undefined

async function byJose(idToken: string, { algorithms, now }: SignatureContext): Promise<Verify> {
  const { jwtVerify } = (jose ??= await import('jose/jwt/verify'))
  const options = { algorithms: [...algorithms], currentDate: new Date(now), clockTolerance: tolerance }
  return async (key) => {
    const { payload, protectedHeader } = await jwtVerify(idToken, key, options)
    return { header: protectedHeader, payload }
  }
}

/** The same without WebCrypto: jose still chooses and imports the key. */
function atOnce(idToken: string, { algorithms }: SignatureContext, cryptography: Cryptography): Verify {
  return async (resolve) => {
    const { header, payload, signed, signature } = parse(idToken)
    const { alg } = header
    if (!algorithms.includes(alg)) throw invalidIdToken('is signed by another algorithm (alg)')
    if (header['crit'] !== undefined || header['b64'] !== undefined)
      throw invalidIdToken('wants to be read otherwise (crit)')
    const key = (await resolve(header, { payload: signed, signature })) as CryptoKey
    const { modulusLength = shortestModulus } = key.algorithm as Partial<RsaHashedKeyAlgorithm>
    if (modulusLength < shortestModulus) throw invalidIdToken('is signed with a key that is too short')
    if (cryptography.verify(alg, key, signed, signature) === true) return { header, payload }
    throw invalidIdToken('is not signed as it should be')
  }
}

/** Takes a signed token apart (RFC 7515 §7.1). */
function parse(idToken: string): SignedToken & { readonly signed: string; readonly signature: string } {
  const parts = idToken.split('.')
  const [first = '', second = '', signature = ''] = parts
  const wellFormed = parts.length === 3 && parts.every((part) => /^[\w-]+$/.test(part))
  const header = wellFormed ? decode(first) : undefined
  const payload = wellFormed ? decode(second) : undefined
  if (!header || !payload || typeof header['alg'] !== 'string') throw invalidIdToken('is no signed token')
  return { header: header as SignedToken['header'], payload, signed: `${first}.${second}`, signature }
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(decodeText(part))
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined
}

/** The text that base64url stands for; most are ASCII, where an octet is a character. Throws for what is not UTF-8 (RFC 7519 §7.2). */
function decodeText(part: string): string {
  const octets = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  if (/^[\u0020-\u007E]*$/.test(octets)) return octets
  const bytes = new Uint8Array(octets.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = octets.charCodeAt(i)
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/** Several keys may fit a token without a key ID, and one key ID may stand on two keys: any of them may verify. */
async function tryEach<T>(error: unknown, verify: (key: CryptoKey) => Promise<T>): Promise<T> {
  if (!(error instanceof Error) || !(Symbol.asyncIterator in error)) throw error
  for await (const key of error as unknown as AsyncIterable<CryptoKey>) {
    const result = await verify(key).catch(() => undefined) // the next candidate may be the right one
    if (result) return result
  }
  throw error
}

/** The error for an ID token that is not to be trusted. */
export function invalidIdToken(what: string, cause?: unknown): GrantError {
  return new GrantError('id_token_invalid', `the ID token ${what}`, { cause })
}
