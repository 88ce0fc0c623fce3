import type { JWK } from 'jose'
import { type RawClaims, type IdTokenContext, verifyIdToken } from '../../src/protocol/openid/id-token.ts'
import { judgeKeys } from '../../src/protocol/openid/judge-keys.ts'
import { KeySet } from '../../src/protocol/openid/key-set.ts'
import type { ExpectedIdToken } from '../../src/protocol/port.ts'
import { someTime, testClock } from './clock.ts'
import { accessToken, rs256, sign } from './openid.ts'

/** The time of the verification, in seconds. */
export const now = someTime / 1000
/** The claims of an ID token that nothing is wrong with, when nothing is expected of it but its issuer and client. */
export const honest = { iss: 'https://id.acme.example', sub: 'ada', aud: 'cid', iat: now, exp: now + 300 }

/** A key set of these keys. */
export function published(...keys: readonly JWK[]): KeySet {
  return new KeySet(async () => judgeKeys({ keys }) ?? [], testClock())
}

/** Verifies what is said to be an ID token. */
export async function verifyText(
  idToken: unknown,
  expected: Partial<ExpectedIdToken> = {},
  context: Partial<IdTokenContext> = {},
): Promise<RawClaims> {
  return verifyIdToken(
    idToken,
    { required: true, ...expected },
    {
      provider: 'acme',
      issuer: honest.iss,
      clientId: honest.aud,
      accessToken,
      algorithms: ['RS256'],
      keys: published(rs256.jwk),
      now: someTime,
      authTime: 'login',
      nonce: 'required',
      ...context,
    },
  )
}

/** Verifies an ID token with honest claims but for these; an undefined one is left out. */
export async function verify(
  claims: object,
  expected: Partial<ExpectedIdToken> = {},
  context: Partial<IdTokenContext> & { readonly header?: object } = {},
): Promise<RawClaims> {
  const { header = {}, ...rest } = context
  return verifyText(await sign({ ...honest, ...claims }, { header }), expected, rest)
}
