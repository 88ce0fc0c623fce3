import type { JWTVerifyGetKey } from 'jose'
import { GrantError } from '../errors/grant-error.ts'
import type { KeySet } from './key-set.ts'

/** What a signature is checked with. */
export interface SignatureContext {
  readonly algorithms: readonly string[]
  readonly keys: KeySet
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A token whose signature is that of its issuer. */
export interface SignedToken {
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string }
  readonly payload: Readonly<Record<string, unknown>>
}

/** Seconds by which the clocks of two honest machines may differ. */
export const tolerance = 30

/** Verifies the signature of an ID token, by one of the algorithms and one of the keys (RFC 7515 §5.2). Rejects with `id_token_invalid`. */
export async function verifySignature(idToken: string, context: SignatureContext): Promise<SignedToken> {
  const verify = await byJose(idToken, context)
  const verification = (key: JWTVerifyGetKey): Promise<SignedToken> =>
    verify(key).catch((error: unknown) => tryEach(error, (candidate) => verify(async () => candidate)))
  try {
    return await context.keys.verify(verification)
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
