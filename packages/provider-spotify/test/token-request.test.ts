import { AuthorizationCode, ClientCredentials, Pkce, Provider, Refresh, Token, type Transaction } from '@grantkit/core'
import { expect, test } from 'vitest'
import { spotify } from '../src/index.ts'
import { documented, startAccounts } from './accounts.ts'

const redirectUri = 'http://127.0.0.1:8888/callback'
const publicClient = { clientId: '2bfe9d72a4aae8f06a31025b7536be80', redirectUri }
const confidentialClient = { ...publicClient, clientSecret: '9d667c2b7fae7a329f32b6df17926154' }
const basic = 'Basic MmJmZTlkNzJhNGFhZThmMDZhMzEwMjViNzUzNmJlODA6OWQ2NjdjMmI3ZmFlN2EzMjlmMzJiNmRmMTc5MjYxNTQ='
const code = 'NApCCg..BkWtQ'
const day = 24 * 60 * 60 * 1000

test('E-20, E-21: a public client finishes its login with its id and the verifier, and no secret', async () => {
  const { fetch, received } = await startAccounts(documented)
  const login = new Provider(spotify, { ...publicClient, clientSecret: '' }, { fetch }).grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['user-read-private', 'user-read-email'] })
  const token = await login.requestToken(`/callback?code=${code}&state=${transaction.state}`, transaction)
  expect(received[0]?.url).toBe('/https://accounts.spotify.com/api/token')
  expect(received[0]?.headers.authorization).toBeUndefined()
  expect(received[0]?.form).toEqual({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: transaction.codeVerifier,
    client_id: publicClient.clientId,
  })
  expect(token).toMatchObject({
    accessToken: documented.access_token,
    refreshToken: documented.refresh_token,
    scope: ['user-read-private', 'user-read-email'],
  })
})

test('E-26: a login begun without a secret is finished in another process that has one: verifier and secret are sent', async () => {
  const { fetch, received } = await startAccounts(documented)
  const begun = await new Provider(spotify, publicClient).grant(Pkce).authorize({ scope: ['user-read-email'] })
  const session = JSON.parse(JSON.stringify(begun.transaction)) as Transaction
  const login = new Provider(spotify, confidentialClient, { fetch }).grant(Pkce)
  await login.requestToken(new URL(`${redirectUri}?code=${code}&state=${session.state}`), session)
  expect(received[0]?.headers.authorization).toBe(basic)
  expect(received[0]?.form).toEqual({
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: session.codeVerifier,
  })
})

test('E-27: a confidential client finishes a login without PKCE, with the code alone', async () => {
  const { fetch, received } = await startAccounts(documented)
  const login = new Provider(spotify, confidentialClient, { fetch }).grant(AuthorizationCode)
  await login.exchangeCode({ code })
  expect(received[0]?.headers.authorization).toBe(basic)
  expect(received[0]?.form).toEqual({ grant_type: 'authorization_code', code, redirect_uri: redirectUri })
})

test('a client that prefers it sends its secret in the body', async () => {
  const { fetch, received } = await startAccounts(documented)
  const client = { ...confidentialClient, authentication: 'client_secret_post' } as const
  await new Provider(spotify, client, { fetch }).grant(AuthorizationCode).exchangeCode({ code })
  expect(received[0]?.headers.authorization).toBeUndefined()
  expect(received[0]?.form).toMatchObject({ client_id: client.clientId, client_secret: client.clientSecret })
})

test('E-22, E-33: client credentials need no redirect URI, and send a scope only where one is given', async () => {
  const { refresh_token: _, scope: __, ...answer } = documented
  const { fetch, received } = await startAccounts(answer)
  const { clientId, clientSecret } = confidentialClient
  const grant = new Provider(spotify, { clientId, clientSecret }, { fetch }).grant(ClientCredentials)
  const token = await grant.requestToken()
  await grant.requestToken({ scope: ['user-read-email', 'playlist-read-private'] })
  expect(received.map(({ form }) => form)).toEqual([
    { grant_type: 'client_credentials' },
    { grant_type: 'client_credentials', scope: 'user-read-email playlist-read-private' },
  ])
  expect(received[0]?.headers.authorization).toBe(basic)
  expect(token).toMatchObject({ accessToken: documented.access_token, scope: [] })
  expect(token.refreshToken).toBeUndefined()
  expect(token.refreshExpiresAt).toBeUndefined()
})

test('E-56: a public client refreshes with its id and the refresh token', async () => {
  const { fetch, received } = await startAccounts(documented)
  await new Provider(spotify, publicClient, { fetch }).grant(Refresh).requestToken('NgAagA...Um_SHo')
  expect(received[0]?.headers.authorization).toBeUndefined()
  expect(received[0]?.form).toEqual({
    grant_type: 'refresh_token',
    refresh_token: 'NgAagA...Um_SHo',
    client_id: publicClient.clientId,
  })
})

test('a refresh keeps the refresh token that Spotify does not rotate, and takes the one that it does', async () => {
  const { refresh_token: _, ...kept } = documented
  const { fetch } = await startAccounts(kept, { ...documented, refresh_token: 'AQD...next' })
  const refresh = new Provider(spotify, publicClient, { fetch }).grant(Refresh)
  const first = await refresh.requestToken(Token.from({ accessToken: 'old', refreshToken: 'AQC...first' }))
  expect(first.refreshToken).toBe('AQC...first')
  expect((await refresh.requestToken(first)).refreshToken).toBe('AQD...next')
})

test('a grant expires 180 days after the login, and no refresh extends it', async () => {
  let now = Date.parse('2026-07-20T00:00:00Z')
  const clock = { now: () => now, sleep: () => new Promise<void>(() => undefined) }
  const { fetch } = await startAccounts(documented, { ...documented, refresh_token: 'AQD...next' })
  const provider = new Provider(spotify, confidentialClient, { fetch, clock })
  const token = await provider.grant(AuthorizationCode).exchangeCode({ code })
  expect(token.authorizedAt).toBe(now)
  expect(token.refreshExpiresAt).toBe(now + 180 * day)
  now += 100 * day
  const fresh = await provider.grant(Refresh).requestToken(token)
  expect(fresh.expiresAt).toBe(now + 3_600_000)
  expect(fresh.refreshExpiresAt).toBe(token.refreshExpiresAt)
})

test('180 days end before six months of any calendar do', () => {
  for (let month = 0; month < 48; month++) {
    const sixMonths = Date.UTC(2026, month + 6, 1) - Date.UTC(2026, month, 1)
    expect((spotify.refreshToken?.absoluteLifetime ?? 0) * 1000).toBeLessThan(sixMonths)
  }
})

test.each(['Refresh token expired', 'Refresh token revoked', 'Invalid refresh token', undefined])(
  'an invalid refresh token requires a new login (%s)',
  async (error_description) => {
    const { fetch } = await startAccounts({ error: 'invalid_grant', error_description })
    const refresh = new Provider(spotify, publicClient, { fetch }).grant(Refresh)
    await expect(refresh.requestToken('AQC...first')).rejects.toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      status: 400,
    })
  },
)

test('a wrong client secret is a configuration error, although Spotify responds with 400', async () => {
  const { fetch } = await startAccounts({ error: 'invalid_client', error_description: 'Invalid client secret' })
  const refresh = new Provider(spotify, confidentialClient, { fetch }).grant(Refresh)
  await expect(refresh.requestToken('AQC...first')).rejects.toMatchObject({
    code: 'token_error',
    action: 'fix_configuration',
    oauth: { error: 'invalid_client', errorDescription: 'Invalid client secret' },
  })
})
