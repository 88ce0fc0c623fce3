import type { CheckedClient } from '../definition/check/client.ts'
import { isCertificate } from '../definition/check/client-authentication.ts'
import { withMtlsAliases } from '../definition/check/mtls-aliases.ts'
import { algorithmsOf } from '../definition/check/private-key.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { freezeDeep, isPlainObject } from '../token/plain.ts'
import type { CheckedOptions } from './options.ts'

/** The options that a profile has rules for. */
type Options = Pick<CheckedOptions, 'profile' | 'dpop' | 'httpHosts' | 'ownFetch'>

/** What the protocol works with under a profile. */
export interface Profiled<Definition extends ProviderDefinition> {
  readonly provider: Definition
  readonly signatureAlgorithms?: readonly string[]
  readonly warnings: readonly string[]
}

/** FAPI 2.0 Security Profile §5.4.1; EdDSA is Ed25519, under its older name or its newer one (RFC 9864). */
const fapiAlgorithms = ['PS256', 'ES256', 'EdDSA', 'Ed25519']

/** What a definition may not say under FAPI 2.0: endpoints that are not in the metadata, and other rules for who the client or the issuer is (§5.3.3). */
const refusedInFapi = [
  'grants.*.endpoint',
  'grants.*.authentication',
  'revocation.endpoint',
  'revocation.authentication',
  'callback.tokenHost',
  'clientAuthentication.audience',
  'idToken.issuer',
  'idToken.nonce',
]

/**
 * Checks what was configured by the rules of its profile, and makes of the definition what the protocol works with: the
 * promises of the profile, as if the metadata made them, and the endpoints for certificates. Throws `config_invalid` with
 * what to write instead.
 */
export function underProfile<Definition extends ProviderDefinition>(
  definition: Definition,
  client: CheckedClient,
  options: Options,
): Profiled<Definition> {
  const { profile, dpop, httpHosts } = options
  const presents = isCertificate(client.authentication) || (profile === 'fapi-2.0' && dpop === undefined)
  if (profile !== undefined) checkOAuth21(definition, options)
  if (profile === 'fapi-2.0') checkFapi(definition, client, options)
  const provider = presents ? withMtlsAliases(definition, httpHosts) : definition
  if (profile === undefined) return { provider, warnings: [] }
  const warnings = isReplayable(definition, client, options)
    ? [
        `${definition.name} is not known to rotate refresh tokens, and those of a public client are bound to nothing: set dpop (OAuth 2.1 §4.3.1)`,
      ]
    : []
  if (profile === 'oauth-2.1') return { provider: strict(provider), warnings }
  return { provider: pushed(strict(provider)), signatureAlgorithms: fapiAlgorithms, warnings }
}

/** PKCE for every login, and redirect URIs compared character by character. */
function strict<Definition extends ProviderDefinition>(definition: Definition): Definition {
  const { redirectUri } = definition
  return freezeDeep({
    ...definition,
    pkce: 'required',
    ...(redirectUri?.paths === 'below' && { redirectUri: { ...redirectUri, paths: 'exact' } }),
  })
}

/** Authorization requests that are pushed, and `iss` in every callback. */
function pushed<Definition extends ProviderDefinition>(definition: Definition): Definition {
  const promises = {
    require_pushed_authorization_requests: true,
    authorization_response_iss_parameter_supported: true,
  }
  return freezeDeep({ ...definition, metadata: { ...definition.metadata, ...promises } })
}

function checkOAuth21(definition: ProviderDefinition, options: Options): void {
  const { name, pkce, tokenRequest, grants = {}, revocation } = definition
  const refuse = refusal(options)
  if (options.httpHosts.length > 0) throw refuse('httpHosts has to be left out: use https, or loopback')
  if (pkce === 'refused') throw refuse(`every login needs PKCE, which ${name} refuses`)
  for (const request of [tokenRequest, revocation, ...Object.values(grants)])
    if (request?.method === 'GET' || request?.encoding === 'query')
      throw refuse(`${name} wants secrets in the query of a URL, which ends up in logs`)
}

/** A public client whose refresh token works for whoever has it, as long as it lives (OAuth 2.1 §4.3.1). */
function isReplayable(
  { refreshToken }: ProviderDefinition,
  { confidential }: CheckedClient,
  { dpop }: Options,
): boolean {
  return !confidential && dpop === undefined && refreshToken?.rotation !== 'always'
}

function checkFapi(definition: ProviderDefinition, client: CheckedClient, options: Options): void {
  const { name, metadata } = definition
  const refuse = refusal(options)
  if (metadata.issuer === undefined)
    throw refuse(`the metadata of ${name} needs its issuer: Provider.discover() finds it`)
  const said = refusedInFapi.find((path) => isSaid(definition, path.split('.')))
  if (said !== undefined) throw refuse(`the definition of ${name} may not say ${said}`)
  checkClient(client, options)
  const bound = metadata['tls_client_certificate_bound_access_tokens'] === true && options.ownFetch
  if (options.dpop === undefined && !isCertificate(client.authentication) && !bound)
    throw refuse(
      'tokens have to be bound to a key: set dpop, or present a certificate with authentication: tls_client_auth and fetch: nodeFetch({ tls })',
    )
  if (metadata.authorization_endpoint !== undefined && metadata.pushed_authorization_request_endpoint === undefined)
    throw refuse(`the metadata of ${name} needs a pushed_authorization_request_endpoint (RFC 9126)`)
}

function checkClient(
  { authentication, redirectUris, signingKey, idTokenSigningAlgorithm }: CheckedClient,
  options: Options,
): void {
  const refuse = refusal(options)
  if (authentication !== 'private_key_jwt' && !isCertificate(authentication))
    throw refuse(
      `a client authenticates with private_key_jwt or a certificate, not with ${typeof authentication === 'function' ? 'a function' : authentication}: write signingKey, or authentication: 'tls_client_auth'`,
    )
  const { dpop } = options
  const [proof] = typeof dpop === 'object' ? algorithmsOf(dpop.privateKey) : []
  for (const algorithm of [signingKey?.algorithm, proof, idTokenSigningAlgorithm])
    if (algorithm !== undefined && !fapiAlgorithms.includes(algorithm))
      throw refuse(`${quote(algorithm)} cannot sign: use PS256, ES256 or EdDSA`)
  if (!redirectUris.every((uri) => /^https?:/i.test(uri)))
    throw refuse('a redirect URI has the scheme https, or http on a loopback address')
}

/** Whether a definition has a field at a path; `*` is any name. */
function isSaid(value: unknown, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return value !== undefined
  if (!isPlainObject(value)) return false
  return (name === '*' ? Object.values(value) : [value[name]]).some((field) => isSaid(field, rest))
}

function refusal({ profile }: Pick<Options, 'profile'>): (what: string) => GrantError {
  return (what) => new GrantError('config_invalid', `the profile ${profile}: ${what}`)
}
