import type { ProviderDefinition } from '@grantkit/core'
import { expect } from 'vitest'
import { grantTypesOf, hasLogin, hasRevocation, offersOpenid, type ProviderCheck } from './check.ts'

/** A literal host of at least two labels. */
const host = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/

/** What a preset offers has to be supported by its own data. */
export const promiseChecks: readonly ProviderCheck[] = [
  {
    name: 'it offers OpenID Connect only with an issuer and a jwks_uri',
    applies: (preset) => offersOpenid(preset) || preset.idToken !== undefined,
    check({ metadata: { issuer, jwks_uri } }) {
      expect(issuer, 'the scope "openid" needs an issuer in the metadata').toBeTypeOf('string')
      expect(jwks_uri, 'the scope "openid" needs a jwks_uri in the metadata').toBeTypeOf('string')
    },
  },
  {
    name: 'it describes only grants that its metadata lists',
    applies: (preset) => grantTypesOf(preset) !== undefined,
    check(preset) {
      const listed = grantTypesOf(preset)
      for (const [grant, reason] of promisedGrants(preset)) expect(listed, `${reason} needs ${grant}`).toContain(grant)
    },
  },
  {
    name: 'it describes revocation only with an endpoint',
    applies: ({ revocation }) => revocation !== undefined,
    check: (preset) => expect(hasRevocation(preset), 'a revocation_endpoint, or revocation.endpoint').toBe(true),
  },
  {
    name: 'hosts from responses are limited to literal domains',
    applies: ({ api, callback }) => api?.origin !== undefined || callback?.tokenHost !== undefined,
    check({ api, callback }) {
      const domains = [...(api?.origin?.domains ?? []), ...(callback?.tokenHost?.hosts ?? [])]
      expect(domains, 'domains').not.toHaveLength(0)
      for (const domain of domains) expect(domain, 'a domain').toMatch(host)
    },
  },
]

/** The grants in the data, and where they are mentioned. */
function promisedGrants(preset: ProviderDefinition): readonly (readonly [grant: string, reason: string])[] {
  const { grants = {}, refreshToken } = preset
  return [
    ...(hasLogin(preset) ? [['authorization_code', 'authorization_endpoint'] as const] : []),
    ...(refreshToken ? [['refresh_token', 'refreshToken'] as const] : []),
    ...Object.keys(grants).map((grant) => [grant, `grants.${grant}`] as const),
  ]
}
