import { spotify } from '@grantkit/provider-spotify'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import { standInFor } from './network.ts'

/**
 * Starts a server that answers for Spotify's login and its API, for the programs of the pages about moving. `logIn`
 * takes the URL that a program sends its user to, and returns their callback.
 *
 * @public samples import it
 */
export async function standInForSpotify(
  ...redirectUris: string[]
): Promise<AsyncDisposable & Pick<AuthorizationServer, 'expire' | 'logIn'>> {
  const clients = [
    { clientId: 'my-client', redirectUris },
    { clientId: 'my-server', clientSecret: 'my-secret', redirectUris },
  ]
  const server = await startAuthorizationServer({ like: 'spotify', clients })
  const { origin } = new URL(spotify.metadata.token_endpoint)
  for (const standing of [origin, ...(spotify.apiOrigins ?? [])]) standInFor(standing, server.url)
  return {
    expire: (accessToken) => server.expire(accessToken),
    logIn: (url, options) => server.logIn(String(url).replace(origin, server.url), options),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
