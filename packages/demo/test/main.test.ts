import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { startProcess } from './support/process.ts'
import { Visitor } from './support/visitor.ts'

const address = /(?<=^Open )http:\/\/127\.0\.0\.1:\d+\/(?= in a browser)/m

describe('the web app', () => {
  test('says where it is, and Ctrl-C ends it well', async () => {
    await using demo = startProcess([])
    const url = await demo.printed(address)
    expect((await new Visitor(url).open('/')).status).toBe(200)
    demo.child.kill('SIGINT')
    expect(await demo.ended).toBe(0)
    expect(demo.output().out).toContain('The demo has ended.')
    expect(demo.output().error).toBe('')
  })

  test('takes another port when its own is taken', async () => {
    await using port = await takenPort()
    await using demo = startProcess(['--port', String(port.number)])
    const url = await demo.printed(address)
    expect(new URL(url).port).not.toBe(String(port.number))
    expect(demo.output().out).toContain(`Port ${port.number} is not free`)
    expect((await new Visitor(url).open('/')).status).toBe(200)
  })
})

describe('with Spotify itself', () => {
  const environment = { SPOTIFY_CLIENT_ID: 'my-client', SPOTIFY_CLIENT_SECRET: 'my secret' }

  test('a login leads there, and comes back to the redirect URI that the demo names', async () => {
    const number = await freePort()
    await using demo = startProcess(['--port', String(number)], { environment })
    const visitor = new Visitor(await demo.printed(address))
    const redirectUri = `http://127.0.0.1:${number}/callback`
    await demo.printed(new RegExp(`needs the redirect URI ${redirectUri}`))
    const start = await visitor.open('/')
    expect(start.text).toContain('Spotify itself')
    expect(start.headers.get('content-security-policy')).toContain("form-action 'self' https://accounts.spotify.com;")
    const { origin, pathname, searchParams } = new URL((await visitor.press(start, '/login')).location)
    expect(origin + pathname).toBe('https://accounts.spotify.com/authorize')
    expect(searchParams.get('client_id')).toBe('my-client')
    expect(searchParams.get('redirect_uri')).toBe(redirectUri)
    expect(demo.output().out).not.toContain('my secret')
  })

  test('a port that is taken ends the demo, which says which address Spotify needs', async () => {
    await using port = await takenPort()
    await using demo = startProcess(['--port', String(port.number)], { environment })
    expect(await demo.ended).toBe(1)
    expect(demo.output().error).toContain(`http://127.0.0.1:${port.number}/callback`)
    expect(demo.output().error).toContain('--port')
  })
})

describe('the command line', () => {
  test('--help prints how to use it', async () => {
    await using demo = startProcess(['--help'])
    expect(await demo.ended).toBe(0)
    expect(demo.output().out).toMatch(/^Usage: npm start -- \[options\]/)
  })

  test('an argument that does not exist is refused, with how to use it', async () => {
    await using demo = startProcess(['--hedless'])
    expect(await demo.ended).toBe(2)
    expect(demo.output()).toStrictEqual({
      out: '',
      error: expect.stringMatching(/^Unknown option '--hedless'\n\nUsage: npm start -- \[options\]/),
    })
  })
})

/** A port that somebody else listens on. */
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
