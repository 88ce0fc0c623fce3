import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startProcess } from './support/process.ts'
import { Visitor } from './support/visitor.ts'

const address = /(?<=^Open )http:\/\/127\.0\.0\.1:\d+\/(?= in a browser)/m

describe('the web app', () => {
  test('prints its URL, and Ctrl-C stops it with exit code 0', async () => {
    await using demo = startProcess([])
    const url = await demo.printed(address)
    expect((await new Visitor(url).open('/')).status).toBe(200)
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.output().out).toContain('The demo has stopped.')
    expect(demo.output().error).toBe('')
  })

  test('uses another port when its own is in use', async () => {
    await using port = await takenPort()
    await using demo = startProcess(['--port', String(port.number)])
    const url = await demo.printed(address)
    expect(new URL(url).port).not.toBe(String(port.number))
    expect(demo.output().out).toContain(`Port ${port.number} is in use`)
    expect((await new Visitor(url).open('/')).status).toBe(200)
  })
})

describe('with Spotify itself', () => {
  const environment = { SPOTIFY_CLIENT_ID: 'my-client', SPOTIFY_CLIENT_SECRET: 'my secret' }

  test('a login redirects to Spotify with the redirect URI of the demo', async () => {
    const number = await freePort()
    await using demo = startProcess(['--port', String(number)], { environment })
    const visitor = new Visitor(await demo.printed(address))
    const redirectUri = `http://127.0.0.1:${number}/callback`
    await demo.printed(new RegExp(`needs the redirect URI ${redirectUri}`))
    const start = await visitor.open('/')
    expect(start.text).toContain('log in at Spotify, with the app')
    expect(start.headers.get('content-security-policy')).toContain("form-action 'self' https://accounts.spotify.com;")
    const { origin, pathname, searchParams } = new URL((await visitor.press(start, '/login')).location)
    expect(origin + pathname).toBe('https://accounts.spotify.com/authorize')
    expect(searchParams.get('client_id')).toBe('my-client')
    expect(searchParams.get('redirect_uri')).toBe(redirectUri)
    expect(demo.output().out).not.toContain('my secret')
  })

  test('a port in use stops the demo with the redirect URI that Spotify needs', async () => {
    await using port = await takenPort()
    await using demo = startProcess(['--port', String(port.number)], { environment })
    expect(await demo.ended).toBe(1)
    expect(demo.output().error).toContain(`http://127.0.0.1:${port.number}/callback`)
    expect(demo.output().error).toContain('--port')
  })
})

describe('the command line', () => {
  test('--help prints the usage', async () => {
    await using demo = startProcess(['--help'])
    expect(await demo.ended).toBe(0)
    expect(demo.output().out).toMatch(/^Usage: npm start -- \[options\]/)
  })

  test('an unknown argument is refused with the usage', async () => {
    await using demo = startProcess(['--hedless'])
    expect(await demo.ended).toBe(2)
    expect(demo.output()).toStrictEqual({
      out: '',
      error: expect.stringMatching(/^Unknown option '--hedless'\n\nUsage: npm start -- \[options\]/),
    })
  })
})

/** A port that is in use. */
async function takenPort(): Promise<{ number: number } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    number: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}

async function freePort(): Promise<number> {
  await using port = await takenPort()
  return port.number
}
