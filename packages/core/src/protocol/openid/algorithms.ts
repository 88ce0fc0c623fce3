import type { CheckedClient } from '../../definition/check/client.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { KeySet } from './key-set.ts'
import type { SignatureContext } from './signature.ts'

/** Octets of a secret that may verify a signature with HS256 (RFC 7518 §3.2). */
const shortestSecret = 32

/** The algorithms that a list of the metadata names, without those that share a secret. */
export function asymmetricAlgorithms(listed: unknown): readonly string[] {
  if (!Array.isArray(listed)) return []
  return listed.filter((algorithm): algorithm is string => /^(?:RS|PS|ES|Ed)/.test(String(algorithm)))
}

/** The algorithms that a profile permits; any where there is no profile. */
type PermittedAlgorithms = readonly string[] | undefined

/** Those of the algorithms that a profile permits. */
export function permittedOf(algorithms: readonly string[], permitted: PermittedAlgorithms): readonly string[] {
  return permitted ? algorithms.filter((algorithm) => permitted.includes(algorithm)) : algorithms
}

/**
 * How the ID tokens of a client are signed: by the algorithm that it registered, else, only where the definition declares
 * that, with its secret, else by those of the metadata, else by RS256 (OpenID Connect Core §3.1.3.7). Throws `config_invalid` for
 * a secret that is too short.
 */
export function idTokenSignature(
  { idTokenSigningAlgorithm: registered, clientSecret }: CheckedClient,
  { name, metadata, idToken }: ProviderDefinition,
  { keys, permitted }: { readonly keys: KeySet; readonly permitted: PermittedAlgorithms },
): SignatureContext {
  if (registered !== undefined) return { algorithms: permittedOf([registered], permitted), keys }
  if (idToken?.algorithm === 'HS256' && clientSecret !== undefined)
    return { algorithms: ['HS256'], keys: sharedKey(name, clientSecret) }
  const listed = asymmetricAlgorithms(metadata.id_token_signing_alg_values_supported)
  return { algorithms: listed.length > 0 ? permittedOf(listed, permitted) : (permitted ?? ['RS256']), keys }
}

/** The secret as the only key. Published keys are never among them: one that everybody knows would sign anything. */
function sharedKey(name: string, secret: string): SignatureContext['keys'] {
  const key = new TextEncoder().encode(secret)
  if (key.byteLength >= shortestSecret) return { verify: (verification) => verification(async () => key) }
  const message = `${name} signs ID tokens with the clientSecret, which has to have ${shortestSecret} octets at least (RFC 7518 §3.2)`
  throw new GrantError('config_invalid', message, { provider: name })
}
