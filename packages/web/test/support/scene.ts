import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { memoryStore, Provider, type ProviderOptions, type TokenStore } from '@grantkit/core'
import { generateKey } from '@grantkit/stores/keys'
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  type LogInOptions,
  type TestClientOptions,
  startAuthorizationServer,
} from '@grantkit/testing/server'
import { webLogin, type WebEvent, type WebLogin, type WebLoginOptions } from '@grantkit/web'
import { nodeHandler, send, toRequest } from '@grantkit/web/node'
import { onTestFinished } from 'vitest'
import { type View, Visitor } from './visitor.ts'

/** Who is in a session of these tests. */
export interface User {
  readonly sub: string
}

/** An app that runs, a browser in front of it, and the authorization server behind it. */
export interface Scene {
  readonly url: string
  readonly auth: WebLogin<string, User>
  readonly server: AuthorizationServer
  readonly store: TokenStore
  readonly keys: readonly string[]
  readonly visitor: Visitor
  readonly events: WebEvent[]
  readonly provider: Provider
  /** Moves the clock of the app, and not that of the server. */
  pass(milliseconds: number): void
  /** Begins a login: resolves to the address of the authorization server. */
  begin(returnTo?: string): Promise<string>
  /** A complete login, up to the callback's response. */
  logIn(options?: LogInOptions & { readonly returnTo?: string; readonly visitor?: Visitor }): Promise<View>
  /** Another process of the same app: the same keys and store, nothing else shared. */
  another(changes?: Partial<WebLoginOptions<string, User>>): WebLogin<string, User>
}

/** Options of a {@link scene}. */
export interface SceneOptions {
  readonly server?: AuthorizationServerOptions
  readonly provider?: ProviderOptions
  readonly web?: Partial<WebLoginOptions<string, User>>
  /** Whether the authorization server says when a user has logged out elsewhere. */
  readonly backchannel?: boolean
  /** What the definition of the provider says beside its metadata. */
  readonly definition?: Readonly<Record<string, unknown>>
}

const accounts = { ada: { name: 'Ada Example' }, bob: { name: 'Bob Example' } }

/** Starts an app and an authorization server, for as long as the test runs. */
export async function scene(options: SceneOptions = {}): Promise<Scene> {
  const app = createServer()
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void app.close())
  const { port } = app.address() as { port: number }
  const url = `http://127.0.0.1:${port}`
  const server = await startAuthorizationServer({
    accounts,
    clients: [client(url, options.backchannel)],
    ...options.server,
  })
  onTestFinished(() => server.close())
  let passed = 0
  const now = (): number => Date.now() + passed
  const clock = { now, sleep: (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms).unref()) }
  const store = memoryStore()
  const keys = [generateKey()]
  const events: WebEvent[] = []
  const makeProvider = (): Provider =>
    new Provider(
      { name: 'acme', metadata: server.metadata, apiOrigins: [server.url], ...options.definition },
      { ...server.clients.confidential, redirectUri: `${url}/auth/callback` },
      { clock, ...options.provider },
    )
  const another = (changes: Partial<WebLoginOptions<string, User>> = {}): WebLogin<string, User> =>
    webLogin<string, User>({
      provider: makeProvider(),
      scope: ['openid', 'read'],
      store,
      keys,
      user: ({ token }) => ({ sub: String(token.claims?.sub) }),
      onEvent: (event) => events.push(event),
      clock,
      ...options.web,
      ...changes,
    })
  const auth = another()
  app.on('request', (req, res) => void serve(auth, req, res))
  const visitor = new Visitor(url)
  const beginFor = async (browser: Visitor, returnTo?: string): Promise<string> =>
    (await browser.open(auth.loginUrl({ returnTo }))).location
  return {
    url,
    auth,
    server,
    store,
    keys,
    visitor,
    events,
    provider: makeProvider(),
    pass: (milliseconds) => void (passed += milliseconds),
    begin: (returnTo) => beginFor(visitor, returnTo),
    logIn: async ({ returnTo, visitor: browser = visitor, ...user } = {}) =>
      browser.open(await server.logIn(await beginFor(browser, returnTo), user)),
    another,
  }
}

/** The routes of the login, a protected page, and a page that says who is there. */
async function serve(auth: WebLogin<string, User>, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (await nodeHandler(auth)(req, res)) return
  if (req.url?.startsWith('/protected') === true) {
    const session = await auth.require(toRequest(req))
    await send(res, session instanceof Response ? session : Response.json(session.user))
    return
  }
  if (req.url === '/fresh') {
    const session = await auth.session(req)
    const token = await session
      ?.tokens()
      .token()
      .catch((error: Error) => error)
    await send(res, Response.json({ token: token instanceof Error ? String(token) : token !== undefined }))
    return
  }
  const session = await auth.session(req)
  await send(res, new Response(session ? session.user.sub : 'nobody', { status: req.url === '/' ? 200 : 404 }))
}

function client(url: string, backchannel = false): TestClientOptions {
  const metadata = {
    post_logout_redirect_uris: [`${url}/bye`],
    ...(backchannel && { backchannel_logout_uri: `${url}/auth/backchannel-logout` }),
  }
  return { clientId: 'web-app', clientSecret: 'a-secret-of-the-app', redirectUris: [`${url}/auth/callback`], metadata }
}
