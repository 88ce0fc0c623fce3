import {
  AuthorizationCode,
  authorizedFetch,
  type GrantEvent,
  Pkce,
  Provider,
  type ProviderDefinition,
  Refresh,
  Token,
} from '@grantkit/core'
import { simulateProvider } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { apple } from '../src/apple.ts'
import { dropbox } from '../src/dropbox.ts'
import { github } from '../src/github.ts'
import { google } from '../src/google.ts'
import { notion } from '../src/notion.ts'
import { reddit } from '../src/reddit.ts'
import { shopify } from '../src/shopify.ts'
import { slackSignIn, slackUser } from '../src/slack.ts'
import { tiktokDesktop } from '../src/tiktok.ts'
import { twitch } from '../src/twitch.ts'

/** Logs in at the simulation of a preset, refreshes, and revokes where that is possible; tells what was sent where. */
async function runAll(preset: ProviderDefinition, redirectUri?: string) {
  await using simulation = await simulateProvider(preset, { redirectUri })
  const events: GrantEvent[] = []
  const onEvent = (event: GrantEvent) => events.push(event)
  const { definition, clients } = simulation
  const provider = new Provider(definition, clients.confidential, { onEvent })
  const login = provider.grant(preset.pkce === 'required' ? Pkce : AuthorizationCode)
  const { url, transaction } = await login.authorize({ scope: ['one', 'two'] })
  const token = await login.requestToken(await simulation.logIn(url), transaction)
  const fresh = await provider.grant(Refresh).requestToken(token)
  if (definition.revocation?.endpoint ?? definition.metadata.revocation_endpoint) await provider.revoke(fresh)
  const [, exchange, refresh, revocation] = await simulation.requests()
  return { url, token, fresh, exchange: exchange!, refresh: refresh!, revocation: revocation!, events }
}

describe('deviations', () => {
  test('GitHub: a token is revoked by a DELETE with the client ID in its path', async () => {
    const { revocation, fresh } = await runAll(github)
    expect(revocation.method).toBe('DELETE')
    expect(revocation.path).toBe('/api.github.com/applications/simulated-client/token')
    expect(JSON.parse(revocation.body)).toEqual({ access_token: fresh.accessToken })
  })

  test('Notion: requests are JSON, with the version of the API', async () => {
    const { exchange, refresh, revocation } = await runAll(notion)
    for (const { headers } of [exchange, refresh, revocation])
      expect(headers).toMatchObject({ 'content-type': 'application/json', 'notion-version': '2026-03-11' })
  })

  test('Reddit: the user agent is the app’s own, and an app without a secret sends Basic', async () => {
    const { exchange } = await runAll(reddit('web:example-app:v1 (by /u/example)'))
    expect(exchange.headers['user-agent']).toBe('web:example-app:v1 (by /u/example)')
  })

  test('Slack: the token of a user is in authed_user and not stored twice', async () => {
    const { url, token, events } = await runAll(slackUser)
    expect(url.searchParams.get('user_scope')).toBe('one,two')
    expect(JSON.stringify(token.extra)).not.toContain(token.accessToken)
    expect(events.map(({ deviation }) => deviation)).toContain('tokenResponse.members.access_token')
  })

  test('TikTok: a client identifier is a key, and a desktop app has its challenge in hexadecimal digits', async () => {
    const { url, exchange, token } = await runAll(tiktokDesktop, 'http://127.0.0.1:3455/callback/')
    expect(url.searchParams.get('code_challenge')).toMatch(/^[0-9a-f]{64}$/)
    expect(exchange.form).toMatchObject({ client_key: 'simulated-client' })
    expect(token.refreshExpiresAt).toBeTypeOf('number')
  })

  test('Apple: the secret is signed, and the user comes back in a POST', async () => {
    const { exchange, token } = await runAll(apple)
    expect(exchange.form?.['client_secret']?.split('.')).toHaveLength(3)
    expect(token.extra['user']).toBe('simulated-user')
  })

  test('Slack: signing in gives no workspace token, and scopes are separated by spaces', async () => {
    await using simulation = await simulateProvider(slackSignIn)
    const login = new Provider(simulation.definition, simulation.clients.confidential).grant(AuthorizationCode)
    const { url, transaction } = await login.authorize({ scope: ['openid', 'email'] })
    const token = await login.requestToken(await simulation.logIn(url), transaction)
    const [authorization, exchange] = await simulation.requests()
    expect(new URL(authorization!.url).searchParams.get('scope')).toBe('openid email')
    expect(exchange?.path).toBe('/slack.com/api/openid.connect.token')
    expect(token.claims).toMatchObject({ iss: 'https://slack.com', sub: 'ada' })
  })

  test('GitHub: a callback that names another issuer is refused', async () => {
    const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
    const fetch = async () => expect.unreachable('nothing is sent')
    const login = new Provider(github, client, { fetch }).grant(Pkce)
    const { transaction } = await login.authorize({ scope: [] })
    const callback = (iss: string) => `?${new URLSearchParams({ code: 'abc', state: transaction.state, iss })}`
    await expect(login.requestToken(callback('https://github.com'), transaction)).rejects.toMatchObject({
      code: 'issuer_mismatch',
    })
    expect(transaction.issuer).toBe('https://github.com/login/oauth')
  })

  test.each([
    'https://www.googleapis.com/drive/v3/files',
    'https://openidconnect.googleapis.com/v1/userinfo',
    'https://people.googleapis.com/v1/people/me',
    'https://gmail.googleapis.com/gmail/v1/users/me/messages',
    'https://docs.googleapis.com/v1/documents/1',
    'https://sheets.googleapis.com/v4/spreadsheets/1',
    'https://slides.googleapis.com/v1/presentations/1',
    'https://youtube.googleapis.com/youtube/v3/search',
  ])('Google: a token goes to %s', async (url) => {
    const sent: Request[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      sent.push(new Request(input, init))
      return Response.json({})
    }
    const provider = new Provider(google, { clientId: 'my-client' }, { fetch })
    const api = authorizedFetch(provider.tokenSource({ token: Token.from({ accessToken: 'abc' }) }), { fetch })
    await api(url)
    expect(sent.map((request) => request.headers.get('authorization'))).toEqual(['Bearer abc'])
    for (const host of ['googleapis.com', 'evil-googleapis.com', 'gmail.googleapis.com.evil.example'])
      await expect(api(`https://${host}/`)).rejects.toMatchObject({ code: 'origin_not_allowed' })
    expect(sent).toHaveLength(1)
  })

  test('Dropbox: a token authorizes its own revocation, without a body', async () => {
    const { revocation, fresh } = await runAll(dropbox)
    expect(revocation.headers).toMatchObject({ authorization: `Bearer ${fresh.accessToken}` })
    expect(revocation.body).toBe('')
  })

  test('Shopify: the preset requests an expiring token and keeps the shop', async () => {
    const { exchange, refresh, token } = await runAll(shopify('blue-shop'))
    expect(exchange.form?.['expiring']).toBe('1')
    expect(refresh.form).not.toHaveProperty('expiring')
    expect(token.extra['shop']).toBe('simulated-shop')
  })

  test('Twitch: a scope is an array, and a revocation names the client without its secret', async () => {
    const { token, revocation } = await runAll(twitch)
    expect(token.scope).toEqual(['one', 'two'])
    expect(revocation.form).toEqual({ client_id: 'simulated-client', token: expect.any(String) as string })
  })
})
