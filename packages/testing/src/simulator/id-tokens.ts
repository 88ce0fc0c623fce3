import { sign } from 'node:crypto'
import type { ProviderDefinition } from '@grantkit/core'
import { keysFor } from './keys.ts'
import type { Granted } from './ledger.ts'

/** The tenant of issuers that contain one. */
const tenant = '00000000-0000-4000-8000-000000000001'

/** Signs ID tokens (OpenID Connect Core §2) with an algorithm that the metadata lists. */
export class IdTokens {
  readonly #definition: ProviderDefinition
  readonly #algorithm: 'RS256' | 'ES256'

  constructor(definition: ProviderDefinition) {
    const listed = definition.metadata.id_token_signing_alg_values_supported ?? []
    this.#definition = definition
    this.#algorithm = listed.length > 0 && !listed.includes('RS256') ? 'ES256' : 'RS256'
  }

  /** An ID token about the user; undefined if the client did not ask for one or the provider has none. */
  issue({ scope, clientId, nonce, user }: Granted, now: number): string | undefined {
    const { metadata, idToken } = this.#definition
    if (!user || !scope.includes('openid') || metadata.issuer === undefined) return undefined
    const issuer = (idToken?.issuer ?? metadata.issuer).replaceAll(/\{\w+\}/g, tenant)
    const seconds = Math.floor(now / 1000)
    const claims = {
      iss: issuer,
      sub: 'ada',
      aud: clientId,
      iat: seconds,
      exp: seconds + 300,
      ...(idToken?.nonce !== 'missing' && { nonce }),
      ...tenants(idToken),
    }
    const signed = [{ alg: this.#algorithm, kid: 'simulated' }, claims].map(encode).join('.')
    return `${signed}.${this.#sign(signed)}`
  }

  /** The keys that verify ID tokens (RFC 7517 §5). */
  keySet(): object {
    const jwk = keysFor(this.#algorithm).publicKey.export({ format: 'jwk' })
    return { keys: [{ ...jwk, kid: 'simulated', use: 'sig', alg: this.#algorithm }] }
  }

  #sign(input: string): string {
    const key = { key: keysFor(this.#algorithm).privateKey, dsaEncoding: 'ieee-p1363' as const }
    return sign('sha256', Buffer.from(input), key).toString('base64url')
  }
}

/** The claims that the issuer contains. */
function tenants(idToken: ProviderDefinition['idToken']): Record<string, string> {
  const names = [...(idToken?.issuer ?? '').matchAll(/\{(\w+)\}/g)]
  return Object.fromEntries(names.map(([, name = '']) => [name, tenant]))
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
