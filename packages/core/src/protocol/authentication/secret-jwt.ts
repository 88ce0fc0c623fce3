import { SignJWT } from 'jose/jwt/sign'
import type { SecretJwtRules } from '../../definition/client-authentication-rules.ts'
import type { ClientSigningKey } from '../../definition/client-registration.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { importPrivateKey } from './private-key.ts'

/** The lifetime of a secret in seconds: it is made for one request. */
const lifetime = 300

/** A client secret that is a JWT (RFC 7519): issued by the owner of the key, about the client, for the provider. Rejects with `config_invalid`. */
export async function secretJwt(
  { algorithm, audience }: SecretJwtRules,
  { privateKey, keyId, issuer }: ClientSigningKey,
  { clientId, now }: { readonly clientId: string; readonly now: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  const key = await importPrivateKey({ privateKey, algorithm, field: 'signingKey' })
  const jwt = new SignJWT()
    .setProtectedHeader({ alg: algorithm, ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(issuer ?? clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
  try {
    return await jwt.sign(key)
  } catch (error) {
    throw new GrantError('config_invalid', `signingKey.privateKey is not a valid ${algorithm} key`, { cause: error })
  }
}
