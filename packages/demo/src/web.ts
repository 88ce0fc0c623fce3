import { once } from 'node:events'
import type { Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './app/app.ts'
import { type Connection, connectToTestServer, connectToSpotify } from './connection.ts'
import { startEmbeddedServer } from './embedded-server.ts'
import { explain } from './explain.ts'
import { listen, portOf, stop } from './listen.ts'

/** A running demo. */
export interface RunningDemo {
  /** The address to open. */
  readonly url: string
  /** Stops the demo and its test server. */
  close(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

/** Runs the demo as a web app until Ctrl-C. Resolves to the exit code. */
export async function runWeb(port: number, environment: Environment): Promise<number> {
  try {
    const demo = await start(port, environment)
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
    await demo.close()
    console.log('\nThe demo has stopped.')
    return 0
  } catch (error) {
    console.error(`The demo cannot start: ${explain(error)}`)
    return 1
  }
}

async function start(port: number, environment: Environment): Promise<RunningDemo> {
  const clientId = environment['SPOTIFY_CLIENT_ID']
  if (clientId) return startWithSpotify(port, clientId, environment['SPOTIFY_CLIENT_SECRET'])
  return startWithTestServer(port)
}

async function startWithTestServer(port: number): Promise<RunningDemo> {
  const connection = await connectToTestServer(await startEmbeddedServer())
  const server = (await listen(port)) ?? (await listen(0))
  if (server === undefined) {
    await connection.close()
    throw new Error('no port of 127.0.0.1 is free')
  }
  const demo = serve(server, connection)
  if (portOf(server) !== port) console.log(`Port ${port} is in use, so the demo uses another one.`)
  greet(demo)
  console.log('Users log in at a test server that behaves like Spotify; no account is needed.')
  return demo
}

/** Spotify only redirects to a registered URI, so no other port works. */
async function startWithSpotify(port: number, clientId: string, clientSecret?: string): Promise<RunningDemo> {
  const redirectUri = `http://127.0.0.1:${port}/callback`
  const connection = connectToSpotify({ clientId, clientSecret, redirectUri })
  const server = await listen(port)
  if (server === undefined)
    throw new Error(
      `port ${port} of 127.0.0.1 is in use, but Spotify redirects to ${redirectUri}\n` +
        `Free that port, or register the same URI with another port and pass it with --port.`,
    )
  const demo = serve(server, connection)
  greet(demo)
  console.log(`Users log in at Spotify; the app there needs the redirect URI ${redirectUri}`)
  return demo
}

function greet({ url }: RunningDemo): void {
  console.log(`Open ${url} in a browser. Ctrl-C stops the demo.`)
}

/** Serves the app on a listening server. */
export function serve(server: Server, connection: Connection, now?: () => number): RunningDemo {
  const origin = `http://127.0.0.1:${portOf(server)}`
  const app = createApp({ connection, origin, now })
  const listener = getRequestListener(app.fetch)
  server.on('request', (request, response) => void listener(request, response))
  return {
    url: `${origin}/`,
    async close() {
      await stop(server)
      await connection.close()
    },
  }
}
