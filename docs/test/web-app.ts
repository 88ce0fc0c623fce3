import { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spotify } from '@grantkit/provider-spotify'
import { startAuthorizationServer } from '@grantkit/testing/server'
import { expect } from 'vitest'
import { standInFor } from './network.ts'

const redirectUri = 'http://127.0.0.1:8888/callback'

/**
 * Runs a sample that is a web app for Spotify, on any free port, and uses it as a browser does: opens /login, logs in,
 * comes back. A server that behaves like Spotify stands in for it.
 */
export async function visitAsBrowser(run: () => Promise<unknown>): Promise<void> {
  const clients = [{ clientId: 'my-client', redirectUris: [redirectUri] }]
  await using server = await startAuthorizationServer({ like: 'spotify', clients })
  for (const origin of [new URL(spotify.metadata.token_endpoint).origin, ...(spotify.apiOrigins ?? [])])
    standInFor(origin, server.url)
  const app = await started(run)
  try {
    const { port } = app.address() as AddressInfo
    const open = (url: string | URL, cookie = '') => {
      const { pathname, search } = new URL(url, redirectUri)
      return fetch(`http://127.0.0.1:${port}${pathname}${search}`, { headers: { cookie }, redirect: 'manual' })
    }

    const begun = await open('/login')
    expect(begun.status, 'the answer of /login').toBe(303)
    const cookie = begun.headers
      .getSetCookie()
      .map((value) => value.split(';')[0])
      .join('; ')
    const { pathname, search } = new URL(begun.headers.get('location') ?? '')
    const callback = await server.logIn(server.url + pathname + search)

    await expectPage(await open(callback), 'the callback in the browser of somebody else')
    await expectPage(await open(`${redirectUri}?error=access_denied&state=x`, cookie), 'a callback that is an error')
    const answer = await open(callback, cookie)
    expect(answer.status, 'the callback').toBe(200)
    expect(await answer.text(), 'what the user gets to see').toContain('Ada')
    await expectPage(await open(callback, cookie), 'the same callback again')
    expect((await open('/favicon.ico', cookie)).status, 'any other path').toBe(404)
  } finally {
    app.closeAllConnections()
    app.close()
  }
}

/** A failed callback is answered with a page and a link, never with a redirect: that could go round in circles. */
async function expectPage(response: Response, what: string): Promise<void> {
  expect(response.status, `the status of ${what}`).toBe(400)
  expect(response.headers.get('location'), `the location of ${what}`).toBeNull()
  expect(await response.text(), `the page of ${what}`).toContain('<a href="/login">')
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
