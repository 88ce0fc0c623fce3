import { listen, type Loopback } from '../http/loopback.ts'
import { Visitor } from '../http/visitor.ts'
import { adaptDefinition } from './adapt.ts'
import { testClients } from './clients.ts'
import { Backchannel } from './backchannel.ts'
import { Proofs } from './dpop.ts'
import { startEngine } from './start-engine.ts'
import { Front } from './front.ts'
import { approveDevice, Browsers, logIn, logOut } from './log-in.ts'
import { settle } from './settings.ts'
import { Storage } from './storage.ts'
import type { AuthorizationServer, AuthorizationServerMetadata, BackchannelApproval } from '../authorization-server.ts'
import type { AuthorizationServerOptions } from '../authorization-server-options.ts'
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
  const { tls } = settings
  const [storage, backchannel] = [new Storage(settings.rotation), new Backchannel(settings)]
  const proofs = new Proofs(settings.required.dpopNonce === true)
  let front: Front | undefined
  const main = await listen(async (request, response) => front?.answer(request, response, main.url), options.port, tls)
  const guarded: Loopback | undefined =
    tls &&
    (await listen(async (...parts) => front?.answer(...parts, guarded?.url ?? ''), 0, { ...tls, requestCert: true }))
  const close = async (): Promise<void> => void (await Promise.all([main.close(), guarded?.close()]))
  try {
    const origins = { origin: main.url, certificateOrigin: guarded?.url }
    const { engine, library } = await startEngine(settings, { storage, backchannel, proofs, ...origins })
    front = new Front(engine, settings, proofs)
    const metadata = await readMetadata(settings, main.url)
    front.log.length = 0
    const approveBackchannel = (approval: BackchannelApproval = {}): Promise<void> =>
      backchannel.decide(engine, library, approval)
    return { ...authorizationServer({ settings, storage, url: main.url, front, metadata, close }), approveBackchannel }
  } catch (error) {
    await close()
    throw error
  }
}

interface Parts {
  readonly settings: Settings
  readonly storage: Storage
  readonly url: string
  readonly front: Front
  readonly metadata: AuthorizationServerMetadata
  readonly close: () => Promise<void>
}

function authorizationServer(parts: Parts): Omit<AuthorizationServer, 'approveBackchannel'> {
  const { settings, storage, url, front, metadata, close } = parts
  const [defaultAccount = ''] = Object.keys(settings.accounts)
  const browsers = new Browsers()
  const site = { url, authorizationPath: settings.dialect.paths.authorization, defaultAccount, browsers }
  return {
    url,
    issuer: url,
    metadata,
    clients: testClients(settings.clients),
    adapt: async (definition) => adaptDefinition(definition, { url, issuer: url, metadata }),
    logIn: (authorizationUrl, options = {}) => logIn(String(authorizationUrl), site, options),
    approveDevice: (userCode, options = {}) => approveDevice(userCode, site, options),
    logOut: (logoutUrl, options = {}) => logOut(String(logoutUrl), site, options),
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
