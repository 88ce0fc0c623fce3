import { parseArgs } from 'node:util'

/** The command on the command line. */
export type Command =
  | { readonly kind: 'web'; readonly port: number }
  | { readonly kind: 'headless' }
  | { readonly kind: 'help' }
  | { readonly kind: 'mistake'; readonly message: string }

/** The port of the redirect URI that Spotify's own samples use. */
export const defaultPort = 8888

/** What `--help` prints. */
export const usage = `Usage: npm start -- [options]

Without options, opens the demo as a web app on http://127.0.0.1:${defaultPort}.

  --port <number>  another port, from 1 to 65535
  --headless       the same login without a browser: one line for each step
  --help           this text

The demo logs in at a test server that it brings along. To log in at Spotify itself, set SPOTIFY_CLIENT_ID, and
SPOTIFY_CLIENT_SECRET if the app has one, and register http://127.0.0.1:${defaultPort}/callback as its redirect URI.`

/** Reads the command line, without the program's own name. */
export function readArguments(words: readonly string[]): Command {
  try {
    const { values } = parseArgs({ args: [...words], options })
    if (values.help) return { kind: 'help' }
    if (values.headless)
      return values.port === undefined ? { kind: 'headless' } : mistake('--headless does not use a port: omit --port')
    return web(values.port)
  } catch (error) {
    return mistake((error as Error).message)
  }
}

const options = {
  port: { type: 'string' },
  headless: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

function web(text = String(defaultPort)): Command {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  return port >= 1 && port <= 65_535
    ? { kind: 'web', port }
    : mistake(`--port has to be a number from 1 to 65535, not ${JSON.stringify(text)}`)
}

/** The first sentence of `parseArgs`; the rest is advice on its own syntax. */
function mistake(message: string): Command {
  const [sentence = message] = message.split('. ')
  return { kind: 'mistake', message: sentence }
}
