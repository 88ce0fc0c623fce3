import { GrantError, Pkce, Provider, type RequiredScope } from '@grantkit/core'
import { spotify } from '@grantkit/provider-spotify'
import { expect, test } from 'vitest'

const client = { clientId: 'my-client', redirectUri: 'http://127.0.0.1:8888/callback' }

test('what an error says the next login has to ask for is passed to authorize as it is', async () => {
  const login = new Provider(spotify, client).grant(Pkce)
  const scope = ['user-read-email', 'a-scope-of-tomorrow'] as readonly string[] as readonly RequiredScope[]
  const error = new GrantError('scope_insufficient', 'the token lacks a scope', { required: { scope } })
  const { url } = await login.authorize(error.required)
  expect(url.searchParams.get('scope')).toBe('user-read-email a-scope-of-tomorrow')
  const wider = await login.authorize({ scope: ['user-read-private', ...(error.required?.scope ?? [])] })
  expect(wider.transaction.scope).toEqual(['user-read-private', ...scope])
  // @ts-expect-error 'user-reed-email' is not a scope of Spotify
  await login.authorize({ scope: ['user-reed-email', ...(error.required?.scope ?? [])] })
})
