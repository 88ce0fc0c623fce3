import { GrantError, type OnEvent, Pkce, Provider } from '@grantkit/core'
import { expect, test } from 'vitest'
import { spotify } from '../src/index.ts'

/** Registers a redirect URI; returns what Spotify discourages. */
function register(redirectUri: string): string[] {
  const discouraged: string[] = []
  const onEvent: OnEvent = ({ type, message = '' }) => {
    if (type === 'discouraged') discouraged.push(message)
  }
  void new Provider(spotify, { clientId: 'x', redirectUri }, { onEvent })
  return discouraged
}

function refusalOf(redirectUri: string): unknown {
  try {
    register(redirectUri)
  } catch (error) {
    return error
  }
  return undefined
}

test.each([
  'https://app.example/cb',
  'http://127.0.0.1:8888/cb',
  'http://127.0.0.1/cb',
  'http://[::1]:8888/cb',
  'http://[::1]/cb',
  'https://app.example/cb?a=1',
])('Spotify takes the redirect URI %s', (redirectUri) => {
  expect(register(redirectUri)).toEqual([])
})

test.each(['com.example://callback', 'com.example.app:/callback', 'my-app://callback'])(
  'E-54: Spotify takes %s, and an event says that it recommends https',
  async (redirectUri) => {
    const login = new Provider(spotify, { clientId: 'x', redirectUri }).grant(Pkce)
    const { url } = await login.authorize()
    expect(url.searchParams.get('redirect_uri')).toBe(redirectUri)
    expect(register(redirectUri)).toEqual([expect.stringMatching(/spotify discourages .* https/)])
  },
)

test.each([
  ['http://localhost:8888/cb', 'config_invalid', '"http://127.0.0.1:8888/cb"'],
  ['http://LocalHost/cb?a=1', 'config_invalid', '"http://127.0.0.1/cb?a=1"'],
  ['https://localhost:8888/cb', 'config_invalid', '"https://127.0.0.1:8888/cb"'],
  ['http://app.localhost:8888/cb', 'insecure_url', '"http://127.0.0.1:8888/cb"'],
  ['http://192.168.1.2/cb', 'insecure_url', '"https://192.168.1.2/cb"'],
  ['http://app.example/cb', 'insecure_url', '"https://app.example/cb"'],
  ['http://127.0.0.1.app.example/cb', 'insecure_url', '"https://127.0.0.1.app.example/cb"'],
  ['https://app.example/cb#top', 'config_invalid', '"https://app.example/cb"'],
  ['http://127.0.0.1:8888/cb#', 'config_invalid', '"http://127.0.0.1:8888/cb"'],
])('E-58: Spotify refuses the redirect URI %s (%s), and the message says to write %s', (redirectUri, code, instead) => {
  const error = refusalOf(redirectUri)
  expect(error).toBeInstanceOf(GrantError)
  expect(error).toMatchObject({ code, action: 'fix_configuration', message: expect.stringContaining(instead) })
})

test.each(['http://127.0.0.1', 'http://[::1]'])(
  'E-58: registered without a port as %s/cb, any port of the operating system will do',
  async (origin) => {
    const login = new Provider(spotify, { clientId: 'x', redirectUri: `${origin}/cb` }).grant(Pkce)
    const { url, transaction } = await login.authorize({ redirectUri: `${origin}:51234/cb` })
    expect(url.searchParams.get('redirect_uri')).toBe(`${origin}:51234/cb`)
    expect(transaction.redirectUri).toBe(`${origin}:51234/cb`)
  },
)

test.each([
  'http://127.0.0.1:51234/other',
  'http://localhost:51234/cb',
  'http://[::1]:51234/cb',
  'https://127.0.0.1/cb',
])('E-58: registered as http://127.0.0.1/cb, a login cannot go on to %s', async (redirectUri) => {
  const login = new Provider(spotify, { clientId: 'x', redirectUri: 'http://127.0.0.1/cb' }).grant(Pkce)
  await expect(login.authorize({ redirectUri })).rejects.toMatchObject({ code: 'config_invalid' })
})
