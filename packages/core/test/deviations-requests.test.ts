import {
  AuthorizationCode,
  ClientCredentials,
  Grant,
  Pkce,
  type ProviderDefinition,
  Provider,
  Token,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant } from './support/deviant.ts'
import { confidential, errorOf, goodToken, publicClient } from './support/scene.ts'

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

describe('a token request', () => {
  test('#10, #39: carries parameters of the provider’s own, for all grants and for one', async () => {
    const { refresh, lastRequest, normalised } = await deviant({
      parameters: { token: { expires_in: '1800' } },
      grants: { refresh_token: { parameters: { type: 'refresh' } } },
    })
    await refresh()
    expect((await lastRequest()).form).toMatchObject({
      expires_in: '1800',
      type: 'refresh',
      grant_type: 'refresh_token',
    })
    expect(normalised()).toEqual([])
  })

  test('#31: has the declared names for parameters, the client’s own among them', async () => {
    const { login, lastRequest, normalised } = await deviant({
      clientAuthentication: { method: 'client_secret_post' },
      tokenRequest: { renamed: { client_id: 'app_id', client_secret: 'secret', code: 'auth_code' } },
    })
    await login()
    const { form = {} } = await lastRequest()
    expect(form).toMatchObject({ app_id: 'cid', secret: confidential.clientSecret, auth_code: 'canary-code' })
    for (const name of ['client_id', 'client_secret', 'code']) expect(form).not.toHaveProperty(name)
    expect(new Set(normalised())).toEqual(
      new Set(['client_id', 'client_secret', 'code'].map((name) => `tokenRequest.renamed.${name}`)),
    )
  })

  test('#33: authenticates the client as the grant wants it', async () => {
    const { login, refresh, lastRequest, normalised } = await deviant({
      clientAuthentication: { method: 'client_secret_basic' },
      grants: { refresh_token: { authentication: 'client_secret_post' } },
    })
    await login()
    expect((await lastRequest()).headers['authorization']).toMatch(/^Basic /)
    expect(normalised()).toEqual([])
    await refresh()
    expect((await lastRequest()).headers['authorization']).toBeUndefined()
    expect((await lastRequest()).form).toMatchObject({ client_id: 'cid', client_secret: confidential.clientSecret })
    expect(normalised()).toEqual(['grants.refresh_token.authentication'])
  })

  test('#33: authenticates as the client has chosen, whatever the grant wants', async () => {
    const client = { ...confidential, authentication: 'client_secret_basic' } as const
    const definition: Partial<ProviderDefinition> = {
      grants: { refresh_token: { authentication: 'client_secret_post' } },
    }
    const { refresh, lastRequest, normalised } = await deviant(definition, undefined, client)
    await refresh()
    expect((await lastRequest()).headers['authorization']).toMatch(/^Basic /)
    expect(normalised()).toEqual([])
  })

  test.each([
    ['form', 'cid+1:canary-%21+%2B', []],
    ['raw', 'cid 1:canary-! +', ['clientAuthentication.basicEncoding']],
  ] as const)('#34: writes Basic credentials as %s', async (basicEncoding, userpass, used) => {
    const client = { ...confidential, clientId: 'cid 1', clientSecret: 'canary-! +' }
    const rules = { clientAuthentication: { basicEncoding } }
    const { refresh, lastRequest, normalised } = await deviant(rules, undefined, client)
    await refresh()
    expect(normalised()).toEqual(used)
    expect(atob((await lastRequest()).headers['authorization']?.slice('Basic '.length) ?? '')).toBe(userpass)
  })

  test('#35: has the secret as the user name of Basic', async () => {
    const rules = { clientAuthentication: { basicUsername: 'client_secret' } } as const
    const { refresh, lastRequest, normalised } = await deviant(rules)
    await refresh()
    expect(normalised()).toEqual(['clientAuthentication.basicUsername'])
    const { headers } = await lastRequest()
    expect(atob(headers['authorization']?.slice('Basic '.length) ?? '')).toBe(`${confidential.clientSecret}:`)
  })

  test('a client without a secret sends Basic with an empty password, where the provider wants it', async () => {
    const definition = { clientAuthentication: { withoutSecret: 'client_secret_basic' } } as const
    const { refresh, provider, lastRequest, normalised } = await deviant(definition, undefined, publicClient)
    await refresh()
    expect(normalised()).toEqual(['clientAuthentication.withoutSecret'])
    expect((await lastRequest()).headers['authorization']).toBe(`Basic ${btoa('cid:')}`)
    expect(await errorOf(provider.grant(AuthorizationCode).authorize())).toMatchObject({ code: 'config_invalid' }) // still public: it needs PKCE
  })

  test('#37: is JSON', async () => {
    const { login, lastRequest, normalised } = await deviant({ tokenRequest: { encoding: 'json' } })
    await login()
    const { headers, body } = await lastRequest()
    expect(headers['content-type']).toBe('application/json')
    expect(JSON.parse(body)).toMatchObject({ grant_type: 'authorization_code', code: 'canary-code' })
    expect(normalised()).toEqual(['tokenRequest.encoding'])
  })

  test('#37: writes a parameter that repeats as a list', async () => {
    const { provider, lastRequest } = await deviant({ tokenRequest: { encoding: 'json' } })
    const resource = ['https://a.example', 'https://b.example']
    await provider.grant(ClientCredentials).requestToken({ resource })
    expect(JSON.parse((await lastRequest()).body)).toMatchObject({ resource })
  })

  test.each([{ method: 'GET' }, { encoding: 'query' }] as const)(
    '#38: has its parameters in the query: %o',
    async (tokenRequest) => {
      const { login, lastRequest, server } = await deviant({
        tokenRequest,
        clientAuthentication: { method: 'client_secret_post' },
      })
      await login()
      const { method, url, body, headers } = await lastRequest()
      await server.forget() // the oracle would find the code in the URL, and here that is declared
      expect(method).toBe('method' in tokenRequest ? 'GET' : 'POST')
      expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
        grant_type: 'authorization_code',
        code: 'canary-code',
        client_secret: confidential.clientSecret,
      })
      expect(body).toBe('')
      expect(headers['content-type']).toBeUndefined()
    },
  )

  test('#40: has another grant type, or none', async () => {
    const { provider, refresh, lastRequest, normalised } = await deviant({
      grants: {
        client_credentials: { grantType: 'account_credentials' },
        refresh_token: { omitted: ['grant_type'] },
      },
    })
    await provider.grant(ClientCredentials).requestToken()
    expect((await lastRequest()).form).toMatchObject({ grant_type: 'account_credentials' })
    await refresh()
    expect((await lastRequest()).form).not.toHaveProperty('grant_type')
    expect(normalised()).toEqual(['grants.client_credentials.grantType', 'grants.refresh_token.omitted'])
  })

  test('#41: a short-lived token is traded for a long-lived one, by a grant of one’s own', async () => {
    class LongLived extends Grant {
      static readonly grantType = 'ig_exchange_token'
      requestToken({ accessToken }: Token): Promise<Token> {
        return this.tokenRequest({ access_token: accessToken })
      }
    }
    const { provider, server, lastRequest } = await deviant({
      grants: { ig_exchange_token: { endpoint: '{server}/access_token', method: 'GET' } },
    })
    await server.reply('/access_token', { json: { ...goodToken, access_token: 'canary-long' } })
    const token = await provider.grant(LongLived).requestToken(Token.from({ accessToken: 'canary-short' }))
    const { url, method } = await lastRequest()
    await server.forget()
    expect(token.accessToken).toBe('canary-long')
    expect(method).toBe('GET')
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      grant_type: 'ig_exchange_token',
      access_token: 'canary-short',
    })
  })

  test('#42: refreshes at an endpoint of its own, with the access token', async () => {
    const { provider, server, login, refresh, lastRequest, normalised } = await deviant({
      tokenResponse: { members: { refresh_token: 'access_token' } },
      grants: {
        refresh_token: {
          endpoint: '{server}/refresh_access_token',
          method: 'GET',
          grantType: 'ig_refresh_token',
          renamed: { refresh_token: 'access_token' },
        },
      },
    })
    await server.reply('/refresh_access_token', { json: { ...goodToken, access_token: 'canary-fresh' } })
    const token = await login()
    expect(token.refreshToken).toBe(token.accessToken)
    const fresh = await refresh(token)
    const { url, method } = await lastRequest()
    await server.forget()
    expect(method).toBe('GET')
    expect(url).toContain('/refresh_access_token?')
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      grant_type: 'ig_refresh_token',
      access_token: token.accessToken,
    })
    expect(fresh).toMatchObject({ accessToken: 'canary-fresh', refreshToken: 'canary-fresh' })
    expect(provider.definition.metadata.token_endpoint).not.toContain('refresh')
    expect(normalised()).toEqual([
      'tokenResponse.members.refresh_token',
      'grants.refresh_token.grantType',
      'grants.refresh_token.endpoint',
      'grants.refresh_token.renamed.refresh_token',
      'grants.refresh_token.method',
      'tokenResponse.members.refresh_token',
    ])
  })

  test('#46: names the resource, or an audience', async () => {
    const { provider, lastRequest } = await deviant({ parameters: { token: { audience: 'api.acme.example' } } })
    await provider.grant(ClientCredentials).requestToken({ resource: 'https://api.acme.example' })
    expect((await lastRequest()).form).toMatchObject({
      audience: 'api.acme.example',
      resource: 'https://api.acme.example',
    })
  })

  test('#53: carries the headers that the provider insists on', async () => {
    const { refresh, lastRequest, normalised } = await deviant({
      tokenRequest: { headers: { 'acme-version': '2022-06-28', accept: 'application/vnd.acme+json' } },
    })
    await refresh()
    const { headers } = await lastRequest()
    expect(headers).toMatchObject({ 'acme-version': '2022-06-28', accept: 'application/vnd.acme+json' })
    expect(normalised()).toEqual(['tokenRequest.headers'])
  })

  test('says of one grant what differs from all, and leaves the rest', async () => {
    const { login, refresh, lastRequest } = await deviant({
      tokenRequest: { encoding: 'json', renamed: { client_id: 'app' }, headers: { 'x-all': '1' } },
      clientAuthentication: { method: 'client_secret_post' },
      grants: { refresh_token: { renamed: { refresh_token: 'token' } } },
    })
    await login()
    expect(JSON.parse((await lastRequest()).body)).toMatchObject({ app: 'cid' })
    await refresh('canary-refresh')
    const { body, headers } = await lastRequest()
    expect(JSON.parse(body)).toMatchObject({ client_id: 'cid', token: 'canary-refresh' })
    expect(headers['x-all']).toBe('1')
  })
})
