import { AuthorizationCode, Pkce, type ProviderDefinition, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { confidential, errorOf } from '../support/scene.ts'

const endpoint = 'https://id.acme.example/authorize'
const metadata = { authorization_endpoint: endpoint, token_endpoint: 'https://id.acme.example/token' }

/** The authorization URL of a login, and what was reported meanwhile. */
async function authorize(definition: Partial<ProviderDefinition>, GrantClass: typeof AuthorizationCode = Pkce) {
  const used: (string | undefined)[] = []
  const provider = new Provider({ name: 'acme', metadata, ...definition }, confidential, {
    onEvent: ({ deviation }) => used.push(deviation),
  })
  const { url, transaction } = await provider.grant(GrantClass).authorize({ scope: ['read', 'write'] })
  return { url, transaction, used, parameters: Object.fromEntries(url.searchParams) }
}

describe('the authorization URL', () => {
  test('#17: has the scopes separated as declared', async () => {
    const { parameters, used } = await authorize({ scopeSeparator: ',' })
    expect(parameters['scope']).toBe('read,write')
    expect(used).toEqual(['scopeSeparator'])
  })

  test('#17: writes a plus sign between scopes already, where nothing is declared', async () => {
    const { url } = await authorize({})
    expect(url.search).toContain('scope=read+write')
  })

  test('#18, #31: has the declared names for parameters', async () => {
    const { parameters, transaction, used } = await authorize({
      authorizationRequest: { renamed: { client_id: 'client_key', scope: 'user_scope', nonce: 'unused' } },
    })
    expect(parameters).toMatchObject({ client_key: 'cid', user_scope: 'read write', state: transaction.state })
    expect(parameters).not.toHaveProperty('client_id')
    expect(parameters).not.toHaveProperty('scope')
    expect(used).toEqual(['authorizationRequest.renamed.client_id', 'authorizationRequest.renamed.scope'])
  })

  test('#19: writes a space as %20', async () => {
    const { url, used } = await authorize({
      authorizationRequest: { space: '%20' },
      parameters: { authorization: { q: 'a+b' } },
    })
    expect(url.search).toContain('scope=read%20write')
    expect(url.search).toContain('q=a%2Bb')
    expect(used).toEqual(['authorizationRequest.space'])
  })

  test('#40: leaves out what the provider refuses', async () => {
    const { parameters, used } = await authorize({ authorizationRequest: { omitted: ['response_type', 'unused'] } })
    expect(parameters).not.toHaveProperty('response_type')
    expect(used).toEqual(['authorizationRequest.omitted'])
  })

  test('#43: has no code challenge where the provider refuses one', async () => {
    const { parameters } = await authorize({ pkce: 'refused' }, AuthorizationCode)
    expect(parameters).not.toHaveProperty('code_challenge')
    await expect(authorize({ pkce: 'refused' })).rejects.toMatchObject({ code: 'pkce_unsupported' })
  })

  test('#44: has the code challenge in hexadecimal digits', async () => {
    const { parameters, transaction, used } = await authorize({ authorizationRequest: { codeChallenge: 'hex' } })
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(transaction.codeVerifier))
    const hex = [...new Uint8Array(hash)].map((octet) => octet.toString(16).padStart(2, '0')).join('')
    expect(parameters).toMatchObject({ code_challenge: hex, code_challenge_method: 'S256' })
    expect(used).toEqual(['authorizationRequest.codeChallenge'])
  })

  test('#45: asks for a refresh token by a parameter of the provider’s own', async () => {
    const authorization = { access_type: 'offline', prompt: 'consent' }
    const { parameters, used } = await authorize({ parameters: { authorization } })
    expect(parameters).toMatchObject(authorization)
    expect(used).toEqual([])
  })

  test('#61: ends with a fragment', async () => {
    const { url, used } = await authorize({ authorizationRequest: { fragment: 'wechat_redirect' } })
    expect(url.hash).toBe('#wechat_redirect')
    expect(used).toEqual(['authorizationRequest.fragment'])
  })

  test('#62: goes to a loopback literal where the provider refuses localhost', async () => {
    const definition: ProviderDefinition = { name: 'acme', metadata, redirectUri: { localhost: 'refused' } }
    const client = { clientId: 'cid', redirectUri: 'http://localhost:8888/cb' }
    expect((await errorOf(() => new Provider(definition, client))).message).toContain('http://127.0.0.1:8888/cb')
  })
})
