import { AuthorizationCode, generateState, generateVerifier, Pkce, pkceChallenge, Provider } from '@grantkit/core'
import { expect, test } from 'vitest'
import { spotify } from '../src/index.ts'

const redirectUri = 'https://app.example/callback?a=1'
const confidential = new Provider(spotify, { clientId: 'cid', clientSecret: 'sec', redirectUri })
const publicClient = new Provider(spotify, { clientId: 'cid', redirectUri })
const always = { client_id: 'cid', redirect_uri: redirectUri, response_type: 'code' }

/** The parameters of a URL; one that is there twice would be an array. */
function parametersOf(url: URL): object {
  expect(url.origin + url.pathname).toBe('https://accounts.spotify.com/authorize')
  expect(url.searchParams.size).toBe(new Set(url.searchParams.keys()).size)
  return Object.fromEntries(url.searchParams)
}

test('E-20, E-24: the authorization URL has the scopes, the state and show_dialog that were asked for', async () => {
  const { url } = await confidential.grant(AuthorizationCode).authorize({
    scope: ['playlist-read-private', 'user-read-private'],
    state: 'st ate&x',
    parameters: { show_dialog: 'true' },
  })
  expect(parametersOf(url)).toEqual({
    ...always,
    scope: 'playlist-read-private user-read-private',
    state: 'st ate&x',
    show_dialog: 'true',
  })
})

test('E-25: without any options, the authorization URL has no scope, no show_dialog, and a state', async () => {
  const { url, transaction } = await confidential.grant(AuthorizationCode).authorize()
  expect(parametersOf(url)).toEqual({ ...always, state: transaction.state })
  expect(transaction.state).toMatch(/^[\w-]{22,}$/)
})

test('show_dialog is not sent when it is empty', async () => {
  const { url } = await confidential.grant(AuthorizationCode).authorize({ state: 's', parameters: { show_dialog: '' } })
  expect(parametersOf(url)).toEqual({ ...always, state: 's' })
})

test('E-23: the challenge, the verifier and the state can be made by hand', async () => {
  const [codeVerifier, state] = [generateVerifier(), generateState()]
  const codeChallenge = await pkceChallenge(codeVerifier)
  const { url, transaction } = await publicClient.grant(Pkce).authorize({
    scope: ['user-library-read', 'user-follow-read'],
    state,
    codeChallenge,
  })
  expect(parametersOf(url)).toEqual({
    ...always,
    scope: 'user-library-read user-follow-read',
    state,
    code_challenge: codeChallenge,
    code_challenge_method: 'S256',
  })
  expect(transaction.codeVerifier).toBeUndefined()
})

test('E-21: a public client has no secret, and an empty secret is none', async () => {
  for (const clientSecret of [undefined, '']) {
    const provider = new Provider(spotify, { clientId: 'cid', clientSecret, redirectUri })
    const { url, transaction } = await provider.grant(Pkce).authorize({ state: 's' })
    const challenge = await pkceChallenge(transaction.codeVerifier ?? '')
    expect(parametersOf(url)).toEqual({
      ...always,
      state: 's',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    await expect(provider.grant(AuthorizationCode).authorize()).rejects.toMatchObject({ code: 'config_invalid' })
  }
})

test('a hostile state or redirect URI stays one parameter', async () => {
  const state = 'some&state=evil#?%26 '
  const hostile = 'https://app.example/cb?next=/a&client_id=evil'
  const provider = new Provider(spotify, { clientId: 'cid', redirectUri: hostile })
  const { url } = await provider.grant(Pkce).authorize({ state })
  expect(url.searchParams.getAll('state')).toEqual([state])
  expect(url.searchParams.getAll('client_id')).toEqual(['cid'])
  expect(url.searchParams.getAll('redirect_uri')).toEqual([hostile])
})
