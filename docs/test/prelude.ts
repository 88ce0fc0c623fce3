import * as core from '@grantkit/core'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import { standInFor } from './network.ts'

let running: Promise<AuthorizationServer> | undefined

/** What a sample may take with `ts with name, name`. Each call begins a login of its own; README.md says what the names are. */
export async function prelude() {
  const server = await (running ??= start())
  const request = { url: '' }
  const provider = withQuickUser(server, define(server, server.clients.confidential), request)
  const login = withQuickUser(server, define(server, server.clients.public), request).grant(core.Pkce)
  const token = await logIn(server, define(server, server.clients.confidential).grant(core.Pkce))
  const { transaction } = await login.authorize({ scope: ['read'] })
  return { ...core, provider, login, request, transaction, token }
}

/** Stops the server, if a sample needed it. */
export async function stop(): Promise<void> {
  await (await running)?.close()
}

async function start(): Promise<AuthorizationServer> {
  const redirectUris = ['https://app.example/callback']
  const clients = [
    { clientId: 'my-client', redirectUris },
    { clientId: 'my-server', clientSecret: 'my-secret', redirectUris },
  ]
  const server = await startAuthorizationServer({ clients, scopes: ['read', 'write', 'reports'] })
  standInFor('https://id.acme.example', server.url)
  return server
}

function define(server: AuthorizationServer, client: core.ClientRegistration): core.Provider {
  return new core.Provider({ name: 'acme', metadata: server.metadata }, client)
}

async function logIn(server: AuthorizationServer, login: core.Pkce): Promise<core.Token> {
  const { url, transaction } = await login.authorize({ scope: ['read', 'write'] })
  return login.requestToken(await server.logIn(url), transaction)
}

/** A provider whose user is back by the time that `authorize` resolves: `request` is then the callback. */
function withQuickUser(server: AuthorizationServer, provider: core.Provider, request: { url: string }): core.Provider {
  const grant = provider.grant.bind(provider)
  provider.grant = (GrantClass) => {
    const instance = grant(GrantClass)
    if (!(instance instanceof core.AuthorizationCode)) return instance
    const authorize = instance.authorize.bind(instance)
    instance.authorize = async (options) => {
      const begun = await authorize(options)
      request.url = await server.logIn(begun.url)
      return begun
    }
    return instance
  }
  return provider
}
