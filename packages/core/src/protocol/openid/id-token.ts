import { quoteUrl } from '../../errors/quote.ts'
import { frozenCopy } from '../../token/plain.ts'
import { base64url, digest } from '../../wire/base64url.ts'
import { equalInConstantTime } from '../../wire/constant-time.ts'
import type { ExpectedIdToken } from '../port.ts'
import { Flaw, withoutFlaw } from './flaw.ts'
import { type SignatureContext, verifySignature } from './signature.ts'
import { checkExpiry, checkIssuedAt, checkNotBefore, isTime, tolerance } from './times.ts'

/** The claims of an ID token (OpenID Connect Core §2). */
export type RawClaims = Readonly<Record<string, unknown>>

/** What an ID token is checked against. */
export interface IdTokenContext extends SignatureContext {
  /** The name of the provider, for errors. */
  readonly provider: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The issuer; a claim in braces stands for its value. */
  readonly issuer: string
  readonly clientId: string
  readonly accessToken: string
  /** What `auth_time` means: the login that is refreshed, or the user's last sign-in anywhere. */
  readonly authTime: 'login' | 'last_sign_in'
  /** Whether an ID token may lack the nonce of its login. */
  readonly nonce: 'required' | 'missing'
}

/** Seconds after which a token that was just handed out is too old to be true. */
const oldest = 24 * 3600

/** Verifies an ID token: its signature, and every claim of OpenID Connect Core §3.1.3.7 and §12.2. Rejects with `id_token_invalid`. */
export function verifyIdToken(
  idToken: unknown,
  expected: ExpectedIdToken,
  context: IdTokenContext,
): Promise<RawClaims> {
  return withoutFlaw(context.provider, () => verifiedClaims(idToken, expected, context))
}

async function verifiedClaims(
  idToken: unknown,
  expected: ExpectedIdToken,
  context: IdTokenContext,
): Promise<RawClaims> {
  if (typeof idToken !== 'string') throw new Flaw('is not a string')
  const { payload, header } = await verifySignature(idToken, context)
  const { typ, alg } = header
  if (typ !== undefined && !(typeof typ === 'string' && /^(?:application\/)?(?:id_token\+)?jwt$/i.test(typ)))
    throw new Flaw('is a token of another kind (typ)')
  checkParties(payload, context)
  checkTimes(payload, expected, context.now / 1000)
  checkNonce(payload['nonce'], expected, context)
  await checkHash('at_hash', { payload, text: context.accessToken, algorithm: alg })
  if (expected.state !== undefined && payload['c_hash'] === undefined) throw new Flaw('is not bound to a code (c_hash)')
  if (expected.code !== undefined) await checkHash('c_hash', { payload, text: expected.code, algorithm: alg })
  if (expected.state !== undefined) await checkHash('s_hash', { payload, text: expected.state, algorithm: alg })
  checkAcr(payload['acr'], expected)
  if (expected.previous) checkContinuity(payload, expected.previous, context)
  return frozenCopy<RawClaims>(payload)
}

function checkParties(claims: RawClaims, { issuer, clientId }: IdTokenContext): void {
  const { iss, aud, azp, sub } = claims
  const filled = issuer.replaceAll(/\{(\w+)\}/g, (_, claim: string) => segment(claims[claim]))
  if (iss !== filled) throw new Flaw(`comes from the issuer ${quoteUrl(iss)}, not from ${quoteUrl(filled)} (iss)`)
  const audience = [aud].flat()
  if (!audience.includes(clientId)) throw new Flaw('is meant for another client (aud)')
  if (azp !== undefined ? azp !== clientId : audience.length > 1) throw new Flaw('was issued to another client (azp)')
  if (!isSubject(sub)) throw new Flaw('names no user (sub)')
}

/** Whether a claim can name a user: 1 to 255 ASCII characters (OpenID Connect Core §2). */
export function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && /^[\u0021-\u007E][\u0020-\u007E]{0,254}$/.test(sub)
}

/** A claim as a part of an issuer: one segment of a path, or a label of a host. */
function segment(claim: unknown): string {
  return typeof claim === 'string' && /^[\w-]+$/.test(claim) ? claim : '{}'
}

function checkTimes(claims: RawClaims, { maxAge }: ExpectedIdToken, now: number): void {
  const { iat, exp, nbf, auth_time } = claims
  checkIssuedAt(iat, { now, oldest })
  checkExpiry(exp, { now })
  checkNotBefore(nbf, { now })
  if (auth_time !== undefined && !isTime(auth_time)) throw new Flaw('has an invalid time of authentication (auth_time)')
  if (maxAge !== undefined && (auth_time === undefined || now - auth_time > maxAge + tolerance))
    throw new Flaw('comes from an authentication that is too old (auth_time)')
}

function checkNonce(nonce: unknown, expected: ExpectedIdToken, { nonce: rule }: IdTokenContext): void {
  if (nonce === undefined && rule === 'missing') return
  const wanted = expected.nonce ?? (nonce === undefined ? undefined : expected.previous?.['nonce'])
  const both = typeof nonce === 'string' && typeof wanted === 'string'
  if (both ? !equalInConstantTime(nonce, wanted) : nonce !== wanted) throw new Flaw('belongs to another login (nonce)')
}

/** How the user logged in: an `acr` has to be one that was asked for, and has to be there if it was asked for as essential (OpenID Connect Core §5.5.1.1). */
function checkAcr(acr: unknown, { acrValues, acrRequired = false }: ExpectedIdToken): void {
  if (acr === undefined ? acrRequired : acrValues && !acrValues.includes(acr as string))
    throw new Flaw('comes from another kind of authentication than the login asked for (acr)')
}

/** Claims, and what a hash among them is of. */
interface Hashed {
  readonly payload: RawClaims
  readonly text: string
  readonly algorithm: string
}

/** `at_hash`, `c_hash` and `s_hash`: the left half of the hash that the signature uses (OpenID Connect Core §3.1.3.6 and §3.3.2.11, FAPI 1.0 Advanced §5.1.1). */
async function checkHash(claim: 'at_hash' | 'c_hash' | 's_hash', { payload, text, algorithm }: Hashed): Promise<void> {
  if (payload[claim] === undefined) return
  const bits = algorithm.startsWith('Ed') ? '512' : algorithm.slice(-3)
  const hash = await digest(`SHA-${bits}` as 'SHA-256', text)
  if (payload[claim] !== base64url(hash.subarray(0, hash.length / 2)))
    throw new Flaw(`does not fit what it came with (${claim})`)
}

/** A refreshed ID token speaks of the same login (OpenID Connect Core §12.2). */
function checkContinuity(claims: RawClaims, previous: RawClaims, { authTime }: IdTokenContext): void {
  for (const claim of ['iss', 'sub']) if (previous[claim] !== claims[claim]) throw otherLogin(claim)
  if (differs('azp', claims, previous)) throw otherLogin('azp')
  if (authTime === 'login' && differs('auth_time', claims, previous))
    throw otherLogin(
      `auth_time; if the provider means the last sign-in by it, declare idToken: { authTime: 'last_sign_in' }`,
    )
  const audience = new Set([claims['aud']].flat())
  const missing = [previous['aud']].flat().some((item) => item !== undefined && !audience.has(item))
  if (missing) throw otherLogin('aud')
}

function differs(claim: string, claims: RawClaims, previous: RawClaims): boolean {
  return previous[claim] !== undefined && claims[claim] !== undefined && previous[claim] !== claims[claim]
}

function otherLogin(claim: string): Flaw {
  return new Flaw(`is not of the login that is refreshed (${claim})`)
}
