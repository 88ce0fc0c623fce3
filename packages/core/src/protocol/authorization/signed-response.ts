import type { JWTPayload } from 'jose'
import { decodeJwt } from 'jose/jwt/decode'
import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'
import { quote, quoteUrl } from '../../errors/quote.ts'
import type { BackChannelContext } from '../back-channel.ts'
import type { IdTokenVerifier } from '../openid/verifier.ts'

/** Whose responses they are, and what verifies them. */
export interface SigningServer {
  readonly context: BackChannelContext
  readonly verifier: Pick<IdTokenVerifier, 'signed'>
}

type Claims = Readonly<Record<string, unknown>>

/** Seconds by which the clocks of two honest machines may differ. */
const tolerance = 30
/** Claims of the JWT itself, which are not parameters of the response. */
const registered: ReadonlySet<string> = new Set(['aud', 'exp', 'iat', 'nbf', 'jti'])

/**
 * Verifies a signed authorization response and resolves to its parameters (JARM §2.4): the issuer has to be the expected
 * one before any key is fetched, and audience and expiry are checked before the signature is. Rejects with
 * `callback_invalid` or `issuer_mismatch`, or with what went wrong when the keys were fetched.
 */
export async function readSignedResponse(
  response: string,
  { context, verifier }: SigningServer,
): Promise<URLSearchParams> {
  const unverified = decoded(response)
  if (unverified) checkClaims(unverified, context)
  const claims = await verifier.signed(response, {
    what: 'the authorization response',
    code: 'callback_invalid',
    algorithms: algorithmsOf(context),
    types: ['jwt'],
  })
  checkClaims(claims, context)
  const parameters = Object.entries(claims).filter(([name]) => !registered.has(name))
  return new URLSearchParams(parameters.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))
}

/** The claims of a JWT that is not encrypted, whoever signed it. */
function decoded(jwt: string): JWTPayload | undefined {
  try {
    return decodeJwt(jwt)
  } catch {
    return undefined // it is for the verifier to say what it is
  }
}

function checkClaims({ iss, aud, exp }: Claims, { provider, client, transport }: BackChannelContext): void {
  const { name, metadata } = provider
  const refused = (code: GrantErrorCode, what: string): GrantError =>
    new GrantError(code, `the authorization response of ${name} ${what}`, { provider: name })
  if (iss === undefined) throw refused('callback_invalid', 'does not say who issued it (iss)')
  if (iss !== metadata.issuer)
    throw refused('issuer_mismatch', `comes from the issuer ${quoteUrl(iss)}, not from ${quote(metadata.issuer)} (iss)`)
  if (![aud].flat().includes(client.clientId)) throw refused('callback_invalid', 'is meant for another client (aud)')
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw refused('callback_invalid', 'has no expiry (exp)')
  if (exp <= transport.clock.now() / 1000 - tolerance) throw refused('callback_invalid', 'has expired (exp)')
}

/** Those of the metadata, else RS256 (JARM §3); never a shared secret. */
function algorithmsOf({ provider }: BackChannelContext): readonly string[] {
  const { authorization_signing_alg_values_supported: listed } = provider.metadata
  const asymmetric = [listed].flat().filter((name) => typeof name === 'string' && /^(?:RS|PS|ES|Ed)/.test(name))
  return asymmetric.length > 0 ? (asymmetric as string[]) : ['RS256']
}
