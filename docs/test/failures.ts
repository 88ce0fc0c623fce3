import { authorizedFetch, ClientCredentials, Provider, Refresh, Token } from '@grantkit/core'
import { spotify } from '@grantkit/provider-spotify'
import {
  acme,
  callApi,
  type Failure,
  finishedWith,
  id,
  login,
  metadata,
  refreshOver,
  service,
  signInWith,
  unreachable,
  user,
} from './failing.ts'

/** What goes wrong in each section of the page about troubleshooting, in the order of its messages. */
export const failures: Readonly<Record<string, readonly Failure[]>> = {
  'Wrong client secret: invalid_client': [
    () =>
      acme({ ...service, clientSecret: 'wrong' })
        .grant(ClientCredentials)
        .requestToken(),
    () =>
      acme({ ...service, clientSecret: '' })
        .grant(ClientCredentials)
        .requestToken(),
  ],
  'Wrong redirect URI: redirect URI mismatch': [
    () => login.authorize({ redirectUri: 'https://app.example/other' }),
    () => acme({ ...user, redirectUri: 'localhost:3000/callback' }),
    () => acme({ ...user, redirectUri: 'http://app.example/callback' }),
  ],
  'localhost or 127.0.0.1?': [() => new Provider(spotify, { ...user, redirectUri: 'http://localhost:8888/callback' })],
  'Skewed clock': [signInWith(-3600), signInWith(7200)],
  'Wrong scope: invalid_scope': [
    async (server) => {
      const { url, transaction } = await login.authorize({ scope: ['reed'] })
      return login.requestToken(await server.logIn(url.href.replace(id, server.url)), transaction)
    },
    () =>
      acme(service)
        .grant(ClientCredentials)
        .requestToken({ scope: ['reed'] }),
    callApi,
  ],
  'Lost session': [
    finishedWith(() => undefined),
    async (server) => {
      const { transaction } = await login.authorize()
      return finishedWith(() => transaction)(server)
    },
    finishedWith((transaction) => JSON.stringify(transaction)),
    finishedWith(({ state, provider }) => ({ state, provider })),
    finishedWith(({ createdAt, expiresAt, ...transaction }) => ({
      ...transaction,
      createdAt: createdAt - 600_000,
      expiresAt: expiresAt - 600_000,
    })),
  ],
  'The code was used before': [
    async (server) => {
      const { url, transaction } = await login.authorize()
      const callback = await server.logIn(url.href.replace(id, server.url))
      await login.requestToken(callback, transaction)
      return login.requestToken(callback, transaction)
    },
  ],
  invalid_grant: [
    finishedWith((transaction) => ({ ...transaction, redirectUri: 'https://app.example/other' })),
    () => acme().grant(Refresh).requestToken('revoked'),
  ],
  'CORS: the request is blocked in the browser': [refreshOver(unreachable('Failed to fetch'))],
  "The provider can't be reached": [
    refreshOver(unreachable('fetch failed', 'ECONNREFUSED')),
    refreshOver(() => new Promise(() => {}), { clock: { now: () => 0, sleep: async () => {} } }),
  ],
  'Containers: a provider on plain http': [
    () => new Provider({ name: 'keycloak', metadata: { token_endpoint: 'http://keycloak:8080/token' } }, user),
  ],
  "The issuer doesn't match": [
    () => Provider.discover(`${id}/`, user, { fetch: async () => Response.json({ ...metadata, issuer: id }) }),
  ],
  'The endpoint is wrong': [
    () =>
      new Provider({ name: 'acme', metadata: { token_endpoint: `${id}/nope` } }, user).grant(Refresh).requestToken('x'),
    refreshOver(async () => new Response('<html>', { headers: { 'content-type': 'text/html' } })),
  ],
  "A token isn't sent to an API": [
    () =>
      authorizedFetch(Token.from({ accessToken: 'x' }), { origins: ['https://api.acme.example'] })(
        'https://elsewhere.example',
      ),
  ],
}
