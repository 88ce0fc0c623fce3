import { type ClientRegistration, Provider, type ProviderOptions } from '@grantkit/core'
import { spotify, type SpotifyScope } from '@grantkit/provider-spotify'
import type { AuthorizationServer } from '@grantkit/testing/server'

/** The provider at which users log in. */
export interface Connection {
  /** `embedded`: the test server in this process; `spotify`: Spotify itself. */
  readonly kind: 'embedded' | 'spotify'
  /** The authorization server as the demo's client sees it. */
  readonly provider: Provider<SpotifyScope>
  /** Stops what was started for the connection. */
  close(): Promise<void>
}

/** Connects to the test server, as its public client. The server stops with the connection. */
export async function connectToTestServer(server: AuthorizationServer, options?: ProviderOptions): Promise<Connection> {
  return {
    kind: 'embedded',
    provider: new Provider(await server.adapt(spotify), server.clients.public, options),
    close: () => server.close(),
  }
}

/** Connects to Spotify itself. Throws a `GrantError` for an invalid client. */
export function connectToSpotify(client: ClientRegistration): Connection {
  return { kind: 'spotify', provider: new Provider(spotify, client), close: async () => undefined }
}
