import { spotify } from '@grantkit/provider-spotify'
import { gitlab } from '@grantkit/providers/gitlab'
import {
  type FaultyRequest,
  type RecordedRequest,
  simulateProvider,
  startAuthorizationServer,
  startFaultServer,
} from '@grantkit/testing/server'
import { standInFor } from './network.ts'

/** A provider that samples log in at, on this machine, with one user: Ada. */
export interface StandIn {
  /** What an authorization URL of the provider begins with. */
  readonly origin: string
  /** Does what Ada does in her browser. Resolves to the callback. */
  logIn(authorizationUrl: string): Promise<string>
  /** The access token that the API was last called with has expired. */
  expire(): Promise<void>
  /** Whether the access token that the API was last called with is still good. */
  isAlive(): Promise<boolean>
  close(): Promise<void>
}

/** Spotify, which has no endpoint for revocation. */
export async function standInForSpotify(redirectUri: string): Promise<StandIn> {
  const clients = [{ clientId: 'my-client', redirectUris: [redirectUri] }]
  const server = await startAuthorizationServer({ like: 'spotify', clients })
  const { origin } = new URL(spotify.metadata.token_endpoint)
  for (const standing of [origin, ...(spotify.apiOrigins ?? [])]) standInFor(standing, server.url)
  const latest = async () => latestToken(await server.requests(), '/v1/me')
  return {
    origin,
    logIn: (url) => server.logIn(url.replace(origin, server.url)),
    expire: async () => server.expire(await latest()),
    isAlive: async () => {
      const headers = { authorization: `Bearer ${await latest()}` }
      return (await fetch(`${server.url}/v1/me`, { headers })).ok
    },
    close: () => server.close(),
  }
}

/** GitLab, with one operation of its API. Its client is in the environment that {@link gitlabEnvironment} makes. */
export async function standInForGitLab(redirectUri: string): Promise<StandIn> {
  const origin = 'https://gitlab.com'
  const simulation = await simulateProvider(gitlab(), { redirectUri })
  const here = `${simulation.url}/gitlab.com`
  standInFor(origin, here)
  const api = await startFaultServer()
  standInFor(`${origin}/api`, api.url)
  await api.reply('/v4/user', async (request: FaultyRequest) => {
    const token = request.headers['authorization']?.replace('Bearer ', '') ?? ''
    return (await simulation.isAlive(token)) ? { json: { name: 'Ada Example' } } : { status: 401, json: {} }
  })
  const latest = async () => latestToken(await api.requests(), '/v4/user')
  return {
    origin,
    logIn: async (url) => (await simulation.logIn(url.replace(origin, here))).url,
    expire: async () => simulation.expire(await latest()),
    isAlive: async () => simulation.isAlive(await latest()),
    close: async () => void (await Promise.all([simulation.close(), api.close()])),
  }
}

/** The client that is registered at GitLab, as environment variables. */
export function gitlabEnvironment(redirectUri: string): Readonly<Record<string, string>> {
  return {
    GITLAB_CLIENT_ID: 'simulated-client',
    GITLAB_CLIENT_SECRET: 'simulated secret +100%',
    GITLAB_REDIRECT_URI: redirectUri,
  }
}

function latestToken(requests: readonly RecordedRequest[], path: string): string {
  const { headers } = requests.findLast((request) => request.path === path) ?? {}
  return headers?.['authorization']?.replace('Bearer ', '') ?? ''
}
