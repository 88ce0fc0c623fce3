import { buildAuthorizationUrlWithJAR, Configuration, modifyAssertion } from 'openid-client'
import { GrantError } from '../../errors/grant-error.ts'
import { importPrivateKey } from '../authentication/private-key.ts'
import type { BackChannelContext } from '../back-channel.ts'

/** The lifetime of a request object in seconds: as long as a login may take, so a link works until then. */
const lifetime = 600
/** Seconds that the clock of a server may be behind: a request object from the future is refused. */
const behind = 5

/** What openid-client makes claims of; its endpoint is never called, and none of ours may add its query to them. */
const endpoint = { authorization_endpoint: 'https://request.invalid/' }

/** Signs the parameters of an authorization request with the key of the client (RFC 9101 §4), and resolves to the JWT. Rejects with `config_invalid`. */
export async function requestObject(
  parameters: URLSearchParams,
  { provider, client, transport }: BackChannelContext,
): Promise<string> {
  const { name, metadata } = provider
  const { signingKey } = client
  if (!signingKey || metadata.issuer === undefined)
    throw new GrantError(
      'config_invalid',
      `a request object needs ${signingKey ? `issuer in the metadata of ${name}` : 'a signingKey in the client'}: it says who signs for whom`,
      { provider: name },
    )
  const { privateKey, keyId, algorithm } = signingKey
  const key = await importPrivateKey({ privateKey, algorithm, field: 'signingKey' })
  const issuedAt = Math.floor(transport.clock.now() / 1000) - behind
  const complete = (header: Record<string, unknown>, claims: Record<string, unknown>): void => {
    header['alg'] = algorithm // a key of the curve Ed25519 may be registered by its older name, EdDSA
    for (const [field, values] of repeated(parameters)) claims[field] = values
    Object.assign(claims, { iat: issuedAt, nbf: issuedAt, exp: issuedAt + lifetime })
  }
  try {
    const configuration = new Configuration({ issuer: metadata.issuer, ...endpoint }, client.clientId)
    const signed = keyId === undefined ? key : { key, kid: keyId }
    const url = await buildAuthorizationUrlWithJAR(configuration, parameters, signed, { [modifyAssertion]: complete })
    return url.searchParams.get('request') ?? ''
  } catch (error) {
    throw new GrantError('config_invalid', 'the request object could not be signed with the signingKey of the client', {
      provider: name,
      cause: error,
      secrets: [...parameters.values()],
    })
  }
}

/** Parameters that are there more than once, such as `resource` (RFC 8707 §2). */
function repeated(parameters: URLSearchParams): readonly (readonly [string, readonly string[]])[] {
  const names = [...new Set(parameters.keys())]
  return names.map((name) => [name, parameters.getAll(name)] as const).filter(([, values]) => values.length > 1)
}
