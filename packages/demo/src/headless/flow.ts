import { ClientCredentials, Pkce, Provider, Refresh, type Token } from '@grantkit/core'
import { spotify, type SpotifyScope } from '@grantkit/provider-spotify'
import type { AuthorizationServer } from '@grantkit/testing/server'
import { SpotifyApi } from '../spotify-api.ts'
import { PreAuthorizedCode } from './pre-authorized-code.ts'
import type { Step } from './reporter.ts'
import { showRefresh, showToken, showUrl } from './words.ts'

/** Does everything that the web app does, and more, with a user who agrees to everything. Rejects at the first failed step. */
export async function runFlow(step: Step, server: AuthorizationServer, code: string): Promise<void> {
  const definition = await server.adapt(spotify)
  const app = new Provider(definition, server.clients.public)
  const token = await logIn(step, app, server)
  const api = new SpotifyApi(token, definition)
  await step(
    'profile',
    () => api.profile(),
    ({ name, email, country }) => `${name}, ${email}, ${country}`,
  )
  await step(
    'track',
    () => api.track(),
    ({ name, artists }) => `${name}, by ${artists.join(', ')}`,
  )
  await step(
    'refresh',
    () => app.grant(Refresh).requestToken(token),
    (fresh) => showRefresh(token, fresh),
  )

  const service = new Provider(definition, server.clients.confidential)
  await step(
    'client credentials',
    () => service.grant(ClientCredentials).requestToken(),
    (own) => showToken(own),
  )
  await step(
    'custom grant',
    () => service.grant(PreAuthorizedCode).requestToken(code),
    (own) => `pre-authorized code: ${showToken(own)}`,
  )
}

async function logIn(step: Step, app: Provider<SpotifyScope>, server: AuthorizationServer): Promise<Token> {
  const login = app.grant(Pkce)
  const { url, transaction } = await step(
    'authorization URL',
    () => login.authorize({ scope: ['user-read-private', 'user-read-email'] }),
    (request) => showUrl(request.url),
  )
  const callback = await step('callback', () => server.logIn(url), showUrl)
  return step(
    'exchange',
    () => login.requestToken(callback, transaction),
    (token) => showToken(token),
  )
}
