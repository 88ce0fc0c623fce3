import type { Server } from 'node:http'
import type { ProviderOptions } from '@grantkit/core'
import type { AuthorizationServer, AuthorizationServerOptions, LogInOptions } from '@grantkit/testing/server'
import { connectToTestServer } from '../../src/connection.ts'
import { startEmbeddedServer } from '../../src/embedded-server.ts'
import { listen } from '../../src/listen.ts'
import { serve } from '../../src/web.ts'
import { type View, Visitor } from './visitor.ts'

/** A demo that runs, a browser before it, and the authorization server behind it. */
export interface Scene {
  readonly url: string
  readonly server: AuthorizationServer
  readonly visitor: Visitor
  /** Moves the clock of the demo, and not that of the server. */
  pass(milliseconds: number): void
  /** Begins a login: resolves to the address of the authorization server. */
  begin(): Promise<string>
  /** Goes on to the callback, as a user who agrees, unless told otherwise. */
  agree(authorizationUrl: string, options?: LogInOptions): Promise<string>
  /** A complete login: resolves to the profile page. */
  logIn(options?: LogInOptions): Promise<View>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a demo on a free port. */
export async function scene(
  serverOptions: AuthorizationServerOptions = {},
  providerOptions: ProviderOptions = {},
): Promise<Scene> {
  let passed = 0
  const now = (): number => Date.now() + passed
  const server = await startEmbeddedServer(serverOptions)
  const clock = { now, sleep: () => new Promise<never>(() => {}) }
  const demo = serve(await freePort(), await connectToTestServer(server, { clock, ...providerOptions }), now)
  const visitor = new Visitor(demo.url)
  const begin = async (): Promise<string> => (await visitor.press(await visitor.open('/'), '/login')).location
  const agree = (url: string, options?: LogInOptions): Promise<string> => server.logIn(url, options)
  return {
    url: demo.url,
    server,
    visitor,
    pass: (milliseconds) => void (passed += milliseconds),
    begin,
    agree,
    async logIn(options) {
      const { location } = await visitor.open(await agree(await begin(), options))
      return visitor.open(location)
    },
    [Symbol.asyncDispose]: demo.close,
  }
}

async function freePort(): Promise<Server> {
  const server = await listen(0)
  if (server === undefined) throw new Error('no port is free')
  return server
}

/** Everything secret that has passed through the authorization server and its API. */
export async function secretsOf(server: AuthorizationServer): Promise<readonly string[]> {
  const requests = await server.requests()
  return requests.flatMap(({ headers, form = {} }) =>
    [headers['authorization']?.split(' ')[1], form['code'], form['code_verifier'], form['refresh_token']].filter(
      (secret) => secret !== undefined,
    ),
  )
}
