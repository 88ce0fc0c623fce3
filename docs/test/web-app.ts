import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { vi } from 'vitest'
import { Browser } from './browser.ts'
import { gitlabEnvironment, standInForGitLab, standInForSpotify } from './stand-ins.ts'
import { walkThrough } from './walk.ts'

/** Where the samples are registered. */
const spotifyCallback = 'http://127.0.0.1:8888/callback'
const gitlabCallback = 'http://127.0.0.1:3000/callback'

/** Runs a sample that is a web app, on any free port, and uses it as people do. Servers on this machine stand in for its providers. */
export async function visitAsBrowser(run: () => Promise<unknown>, { logsOut }: { logsOut: boolean }): Promise<void> {
  const environment = { ...gitlabEnvironment(gitlabCallback), SESSION_SECRET: 'a secret of this test, and of no other' }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  const log = vi.spyOn(console, 'log').mockReturnValue() // what an app logs of a failure
  const providers = await Promise.all([standInForSpotify(spotifyCallback), standInForGitLab(gitlabCallback)])
  const app = await started(run)
  try {
    const { port } = app.address() as AddressInfo
    const home = `http://127.0.0.1:${port}`
    const browser = new Browser((request) => fetch(request, { redirect: 'manual' }), home)
    await walkThrough({ browser, providers, logsOut })
  } finally {
    app.closeAllConnections()
    app.close()
    await Promise.all(providers.map((provider) => provider.close()))
    log.mockRestore()
    vi.unstubAllEnvs()
  }
}

/** Runs a program until it listens, on another port than it asks for, so that two of them can run at once. */
async function started(run: () => Promise<unknown>): Promise<Server> {
  const { listen } = Server.prototype // oxlint-disable-line typescript/unbound-method -- called with its server below
  const listening = new Promise<Server>((resolve) => {
    Server.prototype.listen = function (this: Server) {
      this.once('listening', () => resolve(this))
      return listen.call(this, { port: 0, host: '127.0.0.1' })
    }
  })
  try {
    await run()
    return await listening
  } finally {
    Server.prototype.listen = listen
  }
}
