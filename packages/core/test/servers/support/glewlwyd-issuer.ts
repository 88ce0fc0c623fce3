import { exportJWK, generateKeyPair } from 'jose'

async function makeKey(alg: string) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true })
  return { ...(await exportJWK(privateKey)), kid: `glewlwyd-${alg}`, alg }
}

const keys = JSON.stringify({ keys: await Promise.all(['RS256', 'ES256'].map(makeKey)) })

/** Every grant and extension of the plugin that a test can use; names as Glewlwyd gives them. */
export function issuerParameters(issuer: string): Readonly<Record<string, unknown>> {
  return {
    iss: issuer,
    'oauth-as-iss-id': true,
    'jwks-private': keys,
    'default-kid': 'glewlwyd-RS256',
    'jwks-show': true,
    'access-token-duration': 3600,
    'refresh-token-duration': 86_400,
    'code-duration': 600,
    'refresh-token-one-use': 'always',
    'allow-non-oidc': true,
    'auth-type-code-enabled': true,
    'auth-type-code-revoke-replayed': true,
    'auth-type-id-token-enabled': true,
    'auth-type-client-enabled': true,
    'auth-type-refresh-enabled': true,
    'pkce-allowed': true,
    'pkce-method-plain-allowed': false,
    'introspection-revocation-allowed': true,
    'introspection-revocation-allow-target-client': true,
    'name-claim': 'mandatory',
    'email-claim': 'on-demand',
    'scope-claim': 'no',
    'allowed-scope': ['openid', 'read', 'write'],
  }
}
