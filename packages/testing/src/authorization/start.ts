import { listen } from '../http/loopback.ts'
import { Visitor } from '../http/visitor.ts'
import { adaptDefinition } from './adapt.ts'
import { testClients } from './clients.ts'
import { startEngine } from './start-engine.ts'
import { Front } from './front.ts'
import { logIn } from './log-in.ts'
import { settle } from './settings.ts'
import { Storage } from './storage.ts'
import type { AuthorizationServer, AuthorizationServerMetadata } from '../authorization-server.ts'
import type { AuthorizationServerOptions } from '../authorization-server-options.ts'
import type { Loopback } from '../http/loopback.ts'
import type { Settings } from './settings.ts'

/**
 * Starts a real authorization server, oidc-provider, on a port of 127.0.0.1. It keeps everything in memory, and several
 * can run at once. It uses the clock of the process, so a test that changes `Date` changes the server's time too.
 *
 * @example
 * ```ts
 * import { startAuthorizationServer } from '@grantkit/testing/server'
 *
 * const server = await startAuthorizationServer({ scopes: ['notes'] })
 * const { clientId, redirectUri } = server.clients.public
 * const parameters = new URLSearchParams({
 *   response_type: 'code',
 *   client_id: clientId,
 *   redirect_uri: redirectUri,
 *   scope: 'notes',
 *   code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
 *   code_challenge_method: 'S256',
 * })
 * const callback = await server.logIn(`${server.metadata.authorization_endpoint}?${parameters}`)
 * new URL(callback).searchParams.has('code') // => true
 * await server.close()
 * ```
 */
export async function startAuthorizationServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const settings = settle(options)
  const storage = new Storage(settings.rotation)
  let front: Front | undefined
  const loopback = await listen(async (request, response) => front?.answer(request, response), options.port)
  try {
    front = new Front(await startEngine(settings, storage, loopback.url), settings, loopback.url)
    const metadata = await readMetadata(settings, loopback.url)
    front.log.length = 0
    return authorizationServer({ settings, storage, loopback, front, metadata })
  } catch (error) {
    await loopback.close()
    throw error
  }
}

interface Parts {
  readonly settings: Settings
  readonly storage: Storage
  readonly loopback: Loopback
  readonly front: Front
  readonly metadata: AuthorizationServerMetadata
}

function authorizationServer({ settings, storage, loopback, front, metadata }: Parts): AuthorizationServer {
  const { url, close } = loopback
  const [defaultAccount = ''] = Object.keys(settings.accounts)
  const site = { url, authorizationPath: settings.dialect.paths.authorization, defaultAccount }
  return {
    url,
    issuer: url,
    metadata,
    clients: testClients(settings.clients),
    adapt: async (definition) => adaptDefinition(definition, { url, issuer: url, metadata }),
    logIn: (authorizationUrl, options = {}) => logIn(String(authorizationUrl), site, options),
    expire: async (token) => storage.expire(token),
    revokeGrant: async (token) => storage.revokeGrant(token),
    rotateRefreshTokens: async (mode) => void (storage.rotation = mode),
    requests: async () => [...front.log],
    forget: async () => void (front.log.length = 0),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function readMetadata({ dialect }: Settings, url: string): Promise<AuthorizationServerMetadata> {
  if (dialect.discovery) {
    const { text } = await new Visitor().visit(`${url}/.well-known/oauth-authorization-server`)
    return JSON.parse(text) as AuthorizationServerMetadata
  }
  return {
    authorization_endpoint: url + dialect.paths.authorization,
    token_endpoint: url + dialect.paths.token,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
    code_challenge_methods_supported: ['S256'],
  }
}
