import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as core from '@grantkit/core'
import { memoryStore } from '@grantkit/core'
import { spotify } from '@grantkit/provider-spotify'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import { startApi } from './api.ts'
import { standInFor } from './network.ts'
import { withQuickUser } from './quick-user.ts'
import { simulate } from './simulate.ts'
import { startUser } from './user.ts'

type Running = { close(): Promise<void> }

const running: Running[] = []
let acme: Promise<AuthorizationServer> | undefined

/** What a sample may take with `ts with name, name`. Each call begins a login of its own; README.md says what the names are. */
export async function prelude(...names: readonly string[]) {
  const server = await (acme ??= started(start()))
  standInFor('https://id.acme.example', server.url)
  const request = { url: '' }
  const provider = withQuickUser(server, define(server, server.clients.confidential), request)
  const login = withQuickUser(server, define(server, server.clients.public), request).grant(core.Pkce)
  const token = await logIn(server, define(server, server.clients.confidential).grant(core.Pkce))
  const { transaction } = await login.authorize({ scope: ['read'] })
  const tokens = provider.tokenSource({ store: memoryStore(), key: 'user:42' })
  await tokens.save(token)
  standInFor('https://api.acme.example', (await started(startApi(server.url))).url)
  const spotifyTokens = names.includes('spotifyTokens') ? await spotifySource() : tokens
  const user = names.includes('user') ? (await started(startUser(server))).user : server.logIn
  const home = names.includes('home') ? await directory() : ''
  const simulated = (definition: core.ProviderDefinition) => started(simulate(definition))
  return {
    ...core,
    home,
    simulate: simulated,
    server,
    provider,
    login,
    request,
    transaction,
    token,
    tokens,
    spotifyTokens,
    user,
  }
}

/** Stops the servers that samples needed. */
export async function stop(): Promise<void> {
  await Promise.all(running.map((server) => server.close()))
}

async function started<Server extends Running>(starting: Promise<Server>): Promise<Server> {
  const server = await starting
  running.push(server)
  return server
}

function start(): Promise<AuthorizationServer> {
  const redirectUris = ['https://app.example/callback']
  const clients = [
    { clientId: 'my-client', redirectUris },
    { clientId: 'my-server', clientSecret: 'my-secret', redirectUris },
  ]
  return startAuthorizationServer({ clients, scopes: ['read', 'write', 'reports'] })
}

/** A new directory, which is gone in the end. */
async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'grantkit-'))
  running.push({ close: () => rm(path, { recursive: true }) })
  return path
}

/** A user of Spotify, at a server that stands in for it. */
async function spotifySource(): Promise<core.TokenSource> {
  const server = await started(startAuthorizationServer({ like: 'spotify' }))
  for (const origin of ['https://accounts.spotify.com', 'https://api.spotify.com']) standInFor(origin, server.url)
  const provider = new core.Provider(spotify, server.clients.public)
  const login = provider.grant(core.Pkce)
  const { url, transaction } = await login.authorize({ scope: ['user-read-private'] })
  const tokens = provider.tokenSource({ store: memoryStore(), key: 'user:42' })
  const atServer = url.href.replace(url.origin, server.url)
  await tokens.save(await login.requestToken(await server.logIn(atServer), transaction))
  return tokens
}

function define(server: AuthorizationServer, client: core.ClientRegistration): core.Provider {
  const { metadata } = server
  return new core.Provider({ name: 'acme', metadata, apiOrigins: ['https://api.acme.example'] }, client)
}

async function logIn(server: AuthorizationServer, login: core.Pkce): Promise<core.Token> {
  const { url, transaction } = await login.authorize({ scope: ['read', 'write'] })
  return login.requestToken(await server.logIn(url), transaction)
}
