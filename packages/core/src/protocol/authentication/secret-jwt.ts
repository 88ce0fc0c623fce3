import type { SecretJwtRules } from '../../definition/client-authentication-rules.ts'
import type { ClientSigningKey } from '../../definition/client-registration.ts'
import { GrantError } from '../../errors/grant-error.ts'

/** Seconds that a secret lives: it is made for one request. */
const life = 300

/** A client secret that is a JWT (RFC 7519): issued by the owner of the key, about the client, for the provider. Rejects with `config_invalid`. */
export async function secretJwt(
  { algorithm, audience }: SecretJwtRules,
  { privateKey, keyId, issuer }: ClientSigningKey,
  clientId: string,
  now: number,
): Promise<string> {
  const [{ SignJWT }, { importPKCS8 }] = await Promise.all([import('jose/jwt/sign'), import('jose/key/import')])
  const issuedAt = Math.floor(now / 1000)
  const jwt = new SignJWT()
    .setProtectedHeader({ alg: algorithm, kid: keyId })
    .setIssuer(issuer)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + life)
  try {
    return await jwt.sign(typeof privateKey === 'string' ? await importPKCS8(privateKey, algorithm) : privateKey)
  } catch (error) {
    const secrets = typeof privateKey === 'string' ? [privateKey] : []
    throw new GrantError('config_invalid', `signingKey.privateKey is no ${algorithm} key: write the PKCS #8 PEM`, {
      cause: error,
      secrets,
    })
  }
}
