import type { CompactVerifyGetKey } from 'jose'
import { JWKSMultipleMatchingKeys } from 'jose/errors'
import { compactVerify } from 'jose/jws/compact/verify'
import { GrantError } from '../../errors/grant-error.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import { Flaw } from './flaw.ts'
import type { KeySet } from './key-set.ts'

/** What a signature is checked with. */
export interface SignatureContext {
  readonly algorithms: readonly string[]
  readonly keys: Pick<KeySet, 'verify'>
}

/** A token whose signature is that of its issuer. */
export interface SignedToken {
  readonly header: Readonly<Record<string, unknown>> & { readonly alg: string }
  readonly payload: Readonly<Record<string, unknown>>
}

/** Keys that are tried for one token without a key ID, or whose key ID stands on several of them. */
const mostCandidates = 4

/** Header, payload and signature, each in base64url: an encrypted token has more parts, and an unencoded payload other characters. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** Verifies the signature of an ID token, by one of the algorithms and one of the keys (RFC 7515 §5.2). Rejects with a {@link Flaw}, or with what went wrong when the keys were fetched. */
export async function verifySignature(idToken: string, { algorithms, keys }: SignatureContext): Promise<SignedToken> {
  if (!compact.test(idToken)) throw new Flaw('is not a signed token (RFC 7515 §7.1)')
  const verify = async (key: CompactVerifyGetKey): Promise<SignedToken> => {
    const { payload, protectedHeader } = await compactVerify(idToken, key, { algorithms: [...algorithms] })
    return { header: protectedHeader, payload: claimsOf(payload) }
  }
  const verification = (key: CompactVerifyGetKey): Promise<SignedToken> =>
    verify(key).catch((error: unknown) => tryEach(error, (candidate) => verify(async () => candidate)))
  try {
    return await keys.verify(verification)
  } catch (error) {
    if (error instanceof GrantError || error instanceof Flaw) throw error
    throw new Flaw('is not signed as it should be', { cause: error })
  }
}

/** The claims of a token: a JSON object in UTF-8 (RFC 7519 §7.2). */
function claimsOf(payload: Uint8Array): Readonly<Record<string, unknown>> {
  const claims = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(payload)) // JSON.parse quotes what it cannot read
  if (isObject(claims)) return claims
  throw new Flaw('holds no claims')
}

/** Several keys may fit a token without a key ID, and one key ID may stand on two keys: any of the first few may verify. */
async function tryEach<T>(error: unknown, verify: (key: CryptoKey) => Promise<T>): Promise<T> {
  if (!(error instanceof JWKSMultipleMatchingKeys)) throw error
  let tried = 0
  for await (const key of error) {
    const result = await verify(key).catch(() => undefined) // the next candidate may be the right one
    if (result) return result
    if (++tried === mostCandidates) break
  }
  throw error
}
