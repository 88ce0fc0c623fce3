import { GrantError } from '../../errors/grant-error.ts'
import { refuseUnknownOptions } from '../../errors/unknown-fields.ts'
import { frozenCopy } from '../../token/plain.ts'
import { withDeadline } from '../../transport/deadline.ts'
import { isObject } from '../../wire/json.ts'
import type { BehindPort } from '../provider-port.ts'
import { Flaw, withoutFlaw } from './flaw.ts'
import { isSubject, type RawClaims } from './id-token.ts'
import { checkExpiry, checkIssuedAt, tolerance } from './times.ts'

/** What {@link Provider.verifyLogoutToken} may be given. */
export interface LogoutTokenOptions {
  /**
   * Remembers the ID of a logout token (`jti`) until a time in milliseconds since the epoch, and returns whether it is new: `false`
   * if it was seen before. It has to do so atomically. Unless given, the provider remembers the last 10,000 in this process.
   */
  readonly remember?: ((id: string, until: number) => boolean | Promise<boolean>) | undefined
  /** Ends the verification; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** The claims of a verified logout token (OpenID Connect Back-Channel Logout 1.0 §2.4): who is logged out. */
export interface LogoutTokenClaims {
  /** The issuer. */
  readonly iss: string
  /** The clients that the logout token is for; this one is among them. */
  readonly aud: string | readonly string[]
  /** When it was issued, in seconds since the epoch. */
  readonly iat: number
  /** When it expires, in seconds since the epoch. */
  readonly exp: number
  /** Its ID. */
  readonly jti: string
  /** The user: without a `sid`, all of their sessions end. */
  readonly sub?: string
  /** The session at the provider, which the ID token of the login has as well. */
  readonly sid?: string
  /** Any other claim. */
  readonly [claim: string]: unknown
}

const event = 'http://schemas.openid.net/event/backchannel-logout'
/** The maximum age of a logout token in seconds, however late it expires. Its ID is remembered that long. */
const oldest = 600
/** The maximum length of an ID. */
const longestId = 1000
const flawed = { what: 'the logout token', code: 'logout_token_invalid' } as const
const written = { what: 'the options of verifyLogoutToken', fields: ['remember', 'signal'] }

/** Verifies a logout token (OpenID Connect Back-Channel Logout 1.0 §2.6), and uses it up. Rejects with `logout_token_invalid`. */
export async function verifyLogoutToken(
  jwt: unknown,
  options: LogoutTokenOptions,
  { context, verifier }: BehindPort,
): Promise<LogoutTokenClaims> {
  refuseUnknownOptions(options, written)
  const { provider, transport } = context
  const { name } = provider
  const { clock, timeout, limits } = transport
  const keys = await verifier()
  const { remember = (id, until) => keys.used.remember(id, until), signal } = options
  const verified = async (): Promise<LogoutTokenClaims> => {
    if (typeof jwt === 'string' && jwt.length > limits.token) throw new Flaw('is too long')
    const algorithms = keys.algorithms('id_token_signing_alg_values_supported') // §2.4: as ID tokens are signed
    return checked(await keys.signed(jwt, { ...flawed, algorithms, types: ['logout+jwt', 'jwt'] }), clock.now() / 1000)
  }
  const late = `${flawed.what} of ${name} was not verified`
  const claims = await withDeadline({ clock, timeout, late, signal, provider: name }, () =>
    withoutFlaw(name, verified, flawed),
  )
  const isNew = await remembered(claims, remember, name)
  await withoutFlaw(name, () => checkNew(isNew), flawed)
  return claims
}

/** The claims that only a logout token has (§2.4), copied so that nothing can change them. */
function checked(claims: RawClaims, now: number): LogoutTokenClaims {
  const { iat, exp, sub, sid, jti, events } = claims
  checkIssuedAt(iat, { now, oldest })
  checkExpiry(exp, { now })
  if (!isObject(events) || !Object.hasOwn(events, event) || !isObject(events[event]))
    throw new Flaw('is not about a logout (events)')
  if (claims['nonce'] !== undefined) throw new Flaw('has a nonce, so it is an ID token (nonce)')
  if (sub === undefined && sid === undefined) throw new Flaw('names neither a user nor a session (sub, sid)')
  if (sub !== undefined && !isSubject(sub)) throw new Flaw('names no user (sub)')
  if (sid !== undefined && !isId(sid)) throw new Flaw('names no session (sid)')
  if (!isId(jti)) throw new Flaw('has no ID that tells it from others (jti)')
  return frozenCopy(claims) as unknown as LogoutTokenClaims
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= longestId
}

/** Calls `remember`. Rejects with `store_failed` if that fails. */
async function remembered(
  { jti, iat, exp }: LogoutTokenClaims,
  remember: NonNullable<LogoutTokenOptions['remember']>,
  provider: string,
): Promise<unknown> {
  const until = Math.ceil((Math.min(exp, iat + oldest) + tolerance) * 1000)
  try {
    return await remember(jti, until)
  } catch (error) {
    throw new GrantError('store_failed', `the ID of ${flawed.what} of ${provider} could not be remembered`, {
      provider,
      cause: error,
      secrets: [jti],
    })
  }
}

/** Any other result is a mistake that would let every replay through. */
function checkNew(isNew: unknown): void {
  if (isNew === false) throw new Flaw('was used already (jti)')
  if (isNew !== true)
    throw new GrantError('config_invalid', 'remember has to return true for a new ID, and false for one that it knows')
}
