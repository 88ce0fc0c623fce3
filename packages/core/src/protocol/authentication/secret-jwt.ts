import { SignJWT } from 'jose/jwt/sign'
import { importPKCS8 } from 'jose/key/import'
import type { SecretJwtRules } from '../../definition/client-authentication-rules.ts'
import type { ClientSigningKey } from '../../definition/client-registration.ts'
import { GrantError } from '../../errors/grant-error.ts'

/** The lifetime of a secret in seconds: it is made for one request. */
const lifetime = 300

/** A client secret that is a JWT (RFC 7519): issued by the owner of the key, about the client, for the provider. Rejects with `config_invalid`. */
export async function secretJwt(
  { algorithm, audience }: SecretJwtRules,
  { privateKey, keyId, issuer }: ClientSigningKey,
  { clientId, now }: { readonly clientId: string; readonly now: number },
): Promise<string> {
  const issuedAt = Math.floor(now / 1000)
  const jwt = new SignJWT()
    .setProtectedHeader({ alg: algorithm, kid: keyId })
    .setIssuer(issuer)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
  try {
    return await jwt.sign(typeof privateKey === 'string' ? await importPKCS8(privateKey, algorithm) : privateKey)
  } catch (error) {
    const secrets = typeof privateKey === 'string' ? [privateKey] : []
    throw new GrantError(
      'config_invalid',
      `signingKey.privateKey is not a valid ${algorithm} key: write the PKCS #8 PEM`,
      {
        cause: error,
        secrets,
      },
    )
  }
}
