import type { CompactVerifyGetKey } from 'jose'
import { compactVerify } from 'jose/jws/compact/verify'
import { GrantError } from '../../errors/grant-error.ts'
import { isObject } from '../../wire/json.ts'
import type { KeySet } from './key-set.ts'

/** What a signature is checked with. */
export interface SignatureContext {
  readonly algorithms: readonly string[]
  readonly keys: KeySet
}

/** A token whose signature is that of its issuer. */
export interface SignedToken {
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string }
  readonly payload: Readonly<Record<string, unknown>>
}

/** Keys that are tried for one token without a key ID, or whose key ID stands on several of them. */
const mostCandidates = 4

/** Verifies the signature of an ID token, by one of the algorithms and one of the keys (RFC 7515 §5.2). Rejects with `id_token_invalid`. */
export async function verifySignature(idToken: string, { algorithms, keys }: SignatureContext): Promise<SignedToken> {
  const verify = async (key: CompactVerifyGetKey): Promise<SignedToken> => {
    const { payload, protectedHeader } = await compactVerify(idToken, key, { algorithms: [...algorithms] })
    return { header: protectedHeader, payload: claimsOf(payload) }
  }
  const verification = (key: CompactVerifyGetKey): Promise<SignedToken> =>
    verify(key).catch((error: unknown) => tryEach(error, (candidate) => verify(async () => candidate)))
  try {
    return await keys.verify(verification)
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw invalidIdToken('is not signed as it should be', error)
  }
}

/** The claims of a token: a JSON object in UTF-8 (RFC 7519 §7.2). */
function claimsOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  if (isObject(claims)) return claims
  throw invalidIdToken('holds no claims')
}

/** Several keys may fit a token without a key ID, and one key ID may stand on two keys: any of the first few may verify. */
async function tryEach<T>(error: unknown, verify: (key: CryptoKey) => Promise<T>): Promise<T> {
  if (!(error instanceof Error) || !(Symbol.asyncIterator in error)) throw error
  let tried = 0
  for await (const key of error as unknown as AsyncIterable<CryptoKey>) {
    const result = await verify(key).catch(() => undefined) // the next candidate may be the right one
    if (result) return result
    if (++tried === mostCandidates) break
  }
  throw error
}

/** The error for an ID token that is not to be trusted. */
export function invalidIdToken(what: string, cause?: unknown): GrantError {
  return new GrantError('id_token_invalid', `the ID token ${what}`, { cause })
}
