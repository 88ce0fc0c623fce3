import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import type { UserClaims } from '../token/id-token-claims.ts'
import { frozenCopy } from '../token/plain.ts'
import { Token } from '../token/token.ts'
import { isObject, parseJson } from '../wire/json.ts'
import { mediaType } from './media-type.ts'
import { withoutFlaw, Flaw } from './openid/flaw.ts'
import type { BehindPort } from './provider-port.ts'
import { requestUserinfo } from './userinfo-request.ts'

/** What {@link Provider.userinfo} may be given. */
export interface UserinfoOptions {
  /** The expected user, for a token without an ID token: the `sub` that you have stored. */
  readonly subject?: string | undefined
  /** Whether the response has to be signed, as for a client that registered `userinfo_signed_response_alg`; a signed one is always verified. */
  readonly signed?: boolean | undefined
  /** Ends the request; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

const flawed = { what: 'the userinfo response', code: 'userinfo_invalid' } as const
const written = { what: 'the options of userinfo', fields: ['subject', 'signed', 'signal'] }

/** The claims about the user of a token (OpenID Connect Core §5.3). Rejects with `userinfo_invalid`, or with what the provider said. */
export async function userinfo(token: unknown, options: UserinfoOptions, behind: BehindPort): Promise<UserClaims> {
  refuseUnknownOptions(options, written)
  const { provider } = behind.context
  const { signed = false, signal } = options
  if (!(token instanceof Token)) throw new GrantError('config_invalid', 'userinfo takes a Token')
  const subject = subjectOf(token, options.subject)
  if (signed) await behind.verifier() // before anything is sent
  const { headers, body } = await requestUserinfo({ token, signed, signal }, behind)
  const isJwt = mediaType(headers) === 'application/jwt'
  if (isJwt) return withoutFlaw(provider.name, async () => about(subject, await verified(body, signed, behind)), flawed)
  return withoutFlaw(
    provider.name,
    () => {
      if (signed) throw new Flaw('is not signed')
      return about(subject, parseJson(body))
    },
    flawed,
  )
}

/** Whose claims they have to be: those of somebody else must never be taken for this user's (§5.3.2). */
function subjectOf({ claims }: Token, subject: string | undefined): string {
  const known = claims?.sub ?? subject
  if (typeof known !== 'string' || known === '')
    throw new GrantError(
      'config_invalid',
      'this token does not say whose it is: log in with the scope openid, or write userinfo(token, { subject })',
    )
  if (subject !== undefined && subject !== known)
    throw new GrantError('config_invalid', 'the subject is not the user of this token: leave it out')
  return known
}

/** The claims of a response that is signed, encrypted or both (§5.3.2). */
async function verified(jwt: string, signed: boolean, { verifier }: BehindPort): Promise<unknown> {
  const keys = await verifier()
  const algorithms = keys.algorithms('userinfo_signing_alg_values_supported')
  return keys.signed(jwt, { ...flawed, algorithms, types: ['jwt'], unsigned: !signed })
}

function about(subject: string, claims: unknown): UserClaims {
  if (!isObject(claims)) throw new Flaw('is not a JSON object')
  if (claims['sub'] !== subject) throw new Flaw('is about another user (sub)')
  try {
    return frozenCopy(claims) as unknown as UserClaims
  } catch {
    throw new Flaw('is nested too deeply')
  }
}
