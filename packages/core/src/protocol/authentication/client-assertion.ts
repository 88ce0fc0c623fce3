import { ClientSecretJwt, modifyAssertion, PrivateKeyJwt } from 'openid-client'
import type { CheckedClient } from '../../definition/check/client.ts'
import type { UnauthenticatedRequest } from '../../definition/client-registration.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { importPrivateKey } from './private-key.ts'

/** The lifetime of an assertion in seconds: it is made for one request (FAPI 2.0 Security Profile §5.3.2.1). */
const lifetime = 60
/** Seconds that the clock of a server may be behind: an assertion from the future is refused. */
const behind = 5

/** Who signs an assertion, and when. */
export interface AssertionContext {
  readonly client: CheckedClient
  readonly provider: ProviderDefinition
  readonly method: 'client_secret_jwt' | 'private_key_jwt'
  /** In milliseconds since the epoch. */
  readonly now: number
}

/** Adds a fresh client assertion to a request (RFC 7523 §2.2 and §3): for one audience, with a new `jti`. Rejects with `config_invalid`. */
export async function addClientAssertion(
  { url, body }: Pick<UnauthenticatedRequest, 'url' | 'body'>,
  context: AssertionContext,
): Promise<void> {
  const { client, provider } = context
  const { audience = provider.metadata.issuer ?? '' } = provider.clientAuthentication ?? {} // one of them is there: the client was checked
  const server = { issuer: audience === 'endpoint' ? url.href : audience }
  const sign = await signer(context)
  try {
    await (sign(server, { client_id: client.clientId }, body, new Headers()) as unknown) // a promise, though typed void
  } catch (error) {
    throw new GrantError('config_invalid', 'the key of the client could not sign its assertion', { cause: error })
  }
}

async function signer({ client, method, now }: AssertionContext): Promise<ReturnType<typeof PrivateKeyJwt>> {
  const { clientSecret = '', signingKey } = client
  const issuedAt = Math.floor(now / 1000) - behind
  const times = { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifetime }
  if (method === 'client_secret_jwt' || !signingKey)
    return ClientSecretJwt(clientSecret, { [modifyAssertion]: (_, claims) => Object.assign(claims, times) })
  const { privateKey, algorithm, keyId } = signingKey
  const key = await importPrivateKey({ privateKey, algorithm, field: 'signingKey' })
  return PrivateKeyJwt(
    { key, ...(keyId !== undefined && { kid: keyId }) },
    {
      [modifyAssertion]: (header, claims) => {
        header['alg'] = algorithm // a key of the curve Ed25519 may be registered by its older name, EdDSA
        Object.assign(claims, times)
      },
    },
  )
}
