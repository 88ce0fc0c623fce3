/**
 * The preset of Sign in with Apple for Grantkit: its endpoints and deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Sign in with Apple. */
export type AppleScope = 'openid' | 'name' | 'email'

const docs = 'https://developer.apple.com/documentation'
const web = `${docs}/signinwithapplerestapi/request-an-authorization-to-the-sign-in-with-apple-server.`
const tokens = `${docs}/signinwithapplerestapi/generate-and-validate-tokens`
const secret = `${docs}/accountorganizationaldatasharing/creating-a-client-secret`
const revoking = `${docs}/signinwithapplerestapi/revoke-tokens`
const discovery = 'https://appleid.apple.com/.well-known/openid-configuration'
const reviewed = '2026-11-20'

/**
 * Sign in with Apple. The client secret is a JWT that the library signs with the key from Apple; the user comes back in a
 * POST, so a session cookie needs `SameSite=None`. With the first login of a user, their name is in `token.extra.user`, as
 * the JSON string that Apple sends. Apple documents no PKCE: with the scope `openid`, a nonce binds the code to the login.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { apple } from '@grantkit/providers/apple'
 *
 * const privateKey = '-----BEGIN PRIVATE KEY-----…' // the file AuthKey_KEY1234567.p8
 * const provider = new Provider(apple, {
 *   clientId: 'com.example.web',
 *   redirectUri: 'https://app.example/callback',
 *   signingKey: { privateKey, keyId: 'KEY1234567', issuer: 'TEAM123456' },
 * })
 * const { url } = await provider.grant(AuthorizationCode).authorize({ scope: ['openid', 'name', 'email'] })
 * url.searchParams.get('response_mode') // => 'form_post'
 * ```
 */
export const apple: ProviderDefinition<AppleScope, 'authorization_endpoint' | 'revocation_endpoint'> = freeze({
  name: 'apple',
  metadata: {
    issuer: 'https://appleid.apple.com',
    authorization_endpoint: 'https://appleid.apple.com/auth/authorize',
    token_endpoint: 'https://appleid.apple.com/auth/token',
    revocation_endpoint: 'https://appleid.apple.com/auth/revoke',
    jwks_uri: 'https://appleid.apple.com/auth/keys',
    scopes_supported: ['openid', 'email', 'name'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    id_token_signing_alg_values_supported: ['RS256'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
  },
  clientAuthentication: { secretJwt: { algorithm: 'ES256', audience: 'https://appleid.apple.com' }, source: secret },
  refreshToken: { rotation: 'never', source: tokens },
  redirectUri: { localhost: 'refused', loopback: 'refused', customScheme: 'refused', source: web },
  parameters: { authorization: { response_mode: 'form_post' } }, // otherwise Apple refuses the scope
  callback: { kept: ['user'], source: web },
  revocation: { tokens: 'either', source: revoking },
  sources: [web, tokens, secret, revoking, discovery].map((url) => ({ url, read: reviewed })),
})
