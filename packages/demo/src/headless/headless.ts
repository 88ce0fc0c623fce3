import { startEmbeddedServer } from '../embedded-server.ts'
import { explain } from '../explain.ts'
import { runFlow } from './flow.ts'
import { makeCode, offering, PreAuthorizedCode } from './pre-authorized-code.ts'
import { steps } from './reporter.ts'

/** Runs the demo without a browser, one line for each step. Resolves to the exit code. */
export async function runHeadless(environment: Readonly<Record<string, string | undefined>>): Promise<number> {
  if (environment['SPOTIFY_CLIENT_ID'])
    console.log('SPOTIFY_CLIENT_ID is not used here, because nobody can log in at Spotify.')
  try {
    await runAtEmbeddedServer()
    console.log('\nEvery step succeeded.')
    return 0
  } catch (error) {
    console.error(`\n${explain(error)}`)
    return 1
  }
}

async function runAtEmbeddedServer(): Promise<void> {
  const code = makeCode()
  const server = await startEmbeddedServer({ grants: { [PreAuthorizedCode.grantType]: offering(code) } })
  try {
    console.log(`The whole flow with a test server that behaves like Spotify, at ${server.url}:\n`)
    await runFlow(steps(console.log), server, code)
  } finally {
    await server.close()
  }
}
