import { AuthorizationCode, Pkce, Provider, type ProviderDefinition, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant } from '../support/deviant.ts'
import { confidential, errorOf, eventLog, goodToken } from '../support/scene.ts'

/** Begins a login and finishes it with the callback that `make` makes of its state. */
async function finish(
  definition: Partial<ProviderDefinition>,
  make: (state: string) => string | URLSearchParams | Request,
) {
  const scene = await deviant(definition)
  const login = scene.provider.grant(AuthorizationCode)
  const { transaction } = await login.authorize()
  const token = login.requestToken(make(transaction.state), transaction)
  return { ...scene, token: await token.catch((error: unknown) => error) }
}

describe('a callback', () => {
  test('#32: has the code under another name', async () => {
    const callback = (state: string) => `/cb?auth_code=canary-code&state=${state}`
    const { token, lastRequest, normalised } = await finish({ callback: { renamed: { code: 'auth_code' } } }, callback)
    expect(token).toBeInstanceOf(Token)
    expect((await lastRequest()).form).toMatchObject({ code: 'canary-code' })
    expect(normalised()).toEqual(['callback.renamed.code'])
    expect((await finish({}, callback)).token).toMatchObject({ code: 'callback_invalid' })
  })

  test('#32: has the state under another name, which is checked all the same', async () => {
    const definition = { callback: { renamed: { state: 'customField' } } }
    const { token } = await finish(definition, (state) => `/cb?code=canary-code&customField=${state}`)
    expect(token).toBeInstanceOf(Token)
    const forged = await finish(definition, () => '/cb?code=canary-code&customField=forged')
    expect(forged.token).toMatchObject({ code: 'state_mismatch' })
  })

  test('that has a parameter under both names is refused', async () => {
    const { token } = await finish(
      { callback: { renamed: { code: 'auth_code' } } },
      (state) => `/cb?auth_code=canary-a&code=canary-b&state=${state}`,
    )
    expect(token).toMatchObject({ code: 'callback_invalid' })
  })

  test('#48: has values that are kept, through a refresh, too', async () => {
    const definition = { callback: { kept: ['realmId'] } }
    const callback = (state: string) => `/cb?code=canary&state=${state}&realmId=42&other=1`
    const { token, refresh, normalised } = await finish(definition, callback)
    expect((token as Token).extra).toEqual({ realmId: '42' })
    expect(normalised()).toEqual(['callback.kept'])
    const fresh = await refresh((token as Token).with({ refreshToken: 'canary-refresh' }))
    expect(fresh.extra).toEqual({ realmId: '42' })
  })

  const elsewhere = { callback: { tokenHost: { parameter: 'accounts-server', hosts: ['127.0.0.1'] } } }

  test('#48: names the host of the token endpoint, which then has every token request', async () => {
    const sent: string[] = []
    const definition: ProviderDefinition = {
      name: 'acme',
      metadata: {
        authorization_endpoint: 'https://accounts.acme.example/authorize',
        token_endpoint: 'https://accounts.acme.example/token',
      },
      callback: {
        tokenHost: { parameter: 'accounts-server', hosts: ['accounts.acme.example', 'accounts.acme-eu.example'] },
      },
    }
    const { events, onEvent } = eventLog()
    const fetch = async (url: unknown): Promise<Response> => {
      sent.push(String(url))
      return Response.json({ ...goodToken, refresh_token: 'canary-refresh' })
    }
    const provider = new Provider(definition, confidential, { fetch, onEvent })
    const login = provider.grant(AuthorizationCode)
    const { transaction } = await login.authorize()
    const server = encodeURIComponent('https://accounts.acme-eu.example')
    const token = await login.requestToken(
      `?code=canary&state=${transaction.state}&accounts-server=${server}`,
      transaction,
    )
    await provider.grant(Refresh).requestToken(token)
    expect(sent).toEqual(['https://accounts.acme-eu.example/token', 'https://accounts.acme-eu.example/token'])
    expect(events.map(({ deviation }) => deviation)).toContain('callback.tokenHost')
  })

  test.each(['https://evil.example', 'evil.example', 'https://127.0.0.1.evil.example', ''])(
    '#48: that names the host %j sends nothing there',
    async (host) => {
      const { token, server } = await finish(
        elsewhere,
        (state) => `/cb?code=canary&state=${state}&accounts-server=${encodeURIComponent(host)}`,
      )
      expect(token).toMatchObject({ code: 'origin_not_allowed' })
      expect(await server.requests()).toHaveLength(0)
    },
  )

  test('#52: may have parameters that nobody knows', async () => {
    const { token } = await finish({}, (state) => `/cb?code=canary&state=${state}&nonce=n&iss=https://x.example&hd=a`)
    expect(token).toBeInstanceOf(Token)
  })

  test('#59: may be a POST', async () => {
    const { token } = await finish({ callback: { kept: ['user'] } }, (state) => {
      const body = new URLSearchParams({ code: 'canary', state, user: '{"name":"Ada"}' })
      return new Request('https://app.example/cb', { method: 'POST', body })
    })
    expect((token as Token).extra).toEqual({ user: '{"name":"Ada"}' })
  })

  test('#60: that no login of ours asked for is refused, and says so', async () => {
    expect((await finish({}, () => '/cb?code=canary')).token).toMatchObject({
      code: 'state_mismatch',
      action: 'reauthorize',
    })
  })
})

test('a code that was checked by hand needs no callback', async () => {
  const { provider } = await deviant({ callback: { renamed: { code: 'auth_code' }, kept: ['realmId'] } })
  const token = await provider.grant(Pkce).exchangeCode({ code: 'canary', codeVerifier: 'canary'.repeat(10) })
  expect(token).toMatchObject({ accessToken: goodToken['access_token'], extra: {} })
})

test('an error of a renamed callback is an error', async () => {
  const { provider } = await deviant({ callback: { renamed: { error: 'reason' } } })
  const login = provider.grant(AuthorizationCode)
  const { transaction } = await login.authorize()
  const error = await errorOf(login.requestToken(`?reason=access_denied&state=${transaction.state}`, transaction))
  expect(error).toMatchObject({ code: 'authorization_denied', oauth: { error: 'access_denied' } })
})
