import { SignJWT } from 'jose/jwt/sign'
import type { CheckedSigningKey } from '../../definition/check/client-keys.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { base64url } from '../../wire/base64url.ts'
import type { AssertionClaims } from '../port.ts'
import { importPrivateKey } from './private-key.ts'

/** Whose key signs, and for whom. */
interface AssertionContext {
  readonly client: { readonly clientId: string; readonly signingKey: CheckedSigningKey | undefined }
  readonly provider: Pick<ProviderDefinition, 'metadata'>
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Seconds. */
const defaultLifetime = 300

/** Signs an assertion for one request (RFC 7523 §3). Rejects with `config_invalid` where the client has no key that fits. */
export async function signAssertion(
  { subject, audience, issuer, claims, lifetime = defaultLifetime }: AssertionClaims,
  { client, provider, now }: AssertionContext,
): Promise<string> {
  const { clientId, signingKey } = client
  const { metadata } = provider
  if (!signingKey)
    throw invalid('the client has no key to sign an assertion with: write signingKey: { privateKey, keyId } into it')
  const { privateKey, keyId, algorithm } = signingKey
  const key = await importPrivateKey({ privateKey, algorithm, field: 'signingKey' })
  const issuedAt = Math.floor(now / 1000)
  const jwt = new SignJWT({ ...claims, ...(subject !== undefined && { sub: subject }) })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(keyId !== undefined && { kid: keyId }) })
    .setIssuer(issuer ?? clientId)
    .setAudience(audience ?? metadata.issuer ?? metadata.token_endpoint)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + lifetime)
    .setJti(base64url(crypto.getRandomValues(new Uint8Array(24))))
  try {
    return await jwt.sign(key)
  } catch (error) {
    throw new GrantError('config_invalid', `signingKey.privateKey is not a valid ${algorithm} key`, { cause: error })
  }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
