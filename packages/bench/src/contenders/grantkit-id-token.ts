// An ID token is validated while a token response is read, so what the same response costs without one is taken off.
import { Pkce, Provider } from '@grantkit/core'
import type { IdTokenTask, Measured } from './program.ts'

/** The cost of `openid`: a whole exchange over a prepared response with an ID token, less the same without. */
export function idTokenCost(task: IdTokenTask): Measured {
  const origin = 'https://id.bench.example'
  const jwks = JSON.stringify({ keys: [{ ...task.jwk, alg: task.algorithm, use: 'sig' }] })
  const answer = { access_token: 'access', token_type: 'Bearer', expires_in: 3600 }
  const [plain, withIdToken] = [JSON.stringify(answer), JSON.stringify({ ...answer, id_token: task.idToken })]
  const json = { headers: { 'content-type': 'application/json' } }
  const answering = (body: string): typeof globalThis.fetch => {
    return async (url) => new Response(url === `${origin}/jwks` ? jwks : body, json)
  }
  const metadata = {
    issuer: task.issuer,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    jwks_uri: `${origin}/jwks`,
    id_token_signing_alg_values_supported: [task.algorithm],
  }
  const client = { clientId: task.audience, clientSecret: 'secret', redirectUri: `${origin}/callback` }
  const login = (body: string) =>
    new Provider({ name: 'bench', metadata }, client, { fetch: answering(body) }).grant(Pkce)
  const [withOpenid, without] = [login(withIdToken), login(plain)]
  const checked = { code: 'code', codeVerifier: 'v'.repeat(43) }
  return {
    run: async () => (await withOpenid.exchangeCode({ ...checked, nonce: task.nonce }, { scope: ['openid'] })).claims,
    without: () => without.exchangeCode(checked, { scope: ['read'] }),
  }
}
