import { type LogoutUrlOptions, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const definition: ProviderDefinition = {
  name: 'acme',
  metadata: {
    token_endpoint: 'https://id.acme.example/token',
    end_session_endpoint: 'https://id.acme.example/logout?tenant=7',
  },
}
const client = { clientId: 'my client' }
const provider = new Provider(definition, client)
const parametersOf = (options?: LogoutUrlOptions) => Object.fromEntries(provider.logoutUrl(options).searchParams)

describe('the URL of a logout', () => {
  test('R243: names the login, the client, where to come back to, and what comes back', () => {
    const url = provider.logoutUrl({ idToken: 'e30.e30.x', returnTo: 'https://app.example/bye', state: 'a b' })
    expect(url).toBeInstanceOf(URL)
    expect(url.origin + url.pathname).toBe('https://id.acme.example/logout')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: '7',
      id_token_hint: 'e30.e30.x',
      client_id: 'my client',
      post_logout_redirect_uri: 'https://app.example/bye',
      state: 'a b',
    })
  })

  test('may name a user, and languages', () => {
    expect(parametersOf({ logoutHint: 'ada', uiLocales: ['fr-CA', 'fr'] })).toEqual({
      tenant: '7',
      client_id: 'my client',
      logout_hint: 'ada',
      ui_locales: 'fr-CA fr',
    })
    expect(parametersOf({ uiLocales: 'fr' })).toMatchObject({ ui_locales: 'fr' })
  })

  test('names the client at least, also for a token without an ID token', () => {
    expect(parametersOf()).toEqual({ tenant: '7', client_id: 'my client' })
    expect(parametersOf({ idToken: undefined })).toEqual({ tenant: '7', client_id: 'my client' })
  })

  test('has each parameter once, whatever the endpoint has in its query', () => {
    const end_session_endpoint = 'https://id.acme.example/logout?client_id=other&state=other'
    const other = new Provider({ name: 'acme', metadata: { ...definition.metadata, end_session_endpoint } }, client)
    expect(other.logoutUrl({ state: 'mine' }).search).toBe('?client_id=my+client&state=mine')
  })

  test.each<[string, LogoutUrlOptions, string]>([
    ['a path', { returnTo: '/bye' }, 'write an absolute one'],
    ['a script', { returnTo: 'javascript:alert(1)' }, 'cannot have the scheme'],
    ['plain http', { returnTo: 'http://app.example/bye' }, 'https'],
    ['a fragment', { returnTo: 'https://app.example/bye#x' }, 'no fragment'],
    ['a token instead of its ID token', { idToken: { idToken: 'canary' } as never }, 'write a string'],
    ['the name of the standard', { idTokenHint: 'canary' } as never, 'write "idToken"'],
    ['the name of a login', { redirectUri: 'https://app.example' } as never, 'write "returnTo"'],
    ['nothing', null as never, 'have to be an object'],
  ])('is not made of %s', async (_, options, message) => {
    const error = await errorOf(() => provider.logoutUrl(options))
    expect(error.code).toMatch(/^(?:config_invalid|insecure_url)$/)
    expect(error.message).toContain(message)
  })

  test('needs an endpoint', async () => {
    const metadata = { token_endpoint: 'https://id.acme.example/token' }
    const without = new Provider({ name: 'acme', metadata }, client)
    expect(await errorOf(() => without.logoutUrl())).toMatchObject({
      code: 'config_invalid',
      provider: 'acme',
      message: 'acme has no end_session_endpoint in its metadata: add it, or end only the session of your app',
    })
  })
})
