import { startAuthorizationServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { authorizationUrl, redeem } from './support.ts'

const registered = [
  'http://127.0.0.1:8888/cb',
  'http://[::1]/cb?from=test',
  'http://localhost:8888/cb',
  'https://app.example/cb',
  'com.example.app:/cb',
]
const clients = [{ clientId: 'app', redirectUris: registered }]

describe('a redirect URI', () => {
  test.for([
    ['as it was registered', 'http://127.0.0.1:8888/cb'],
    ['of another port on 127.0.0.1', 'http://127.0.0.1:41234/cb'],
    ['of no port on 127.0.0.1', 'http://127.0.0.1/cb'],
    ['of another port on [::1], its query kept', 'http://[::1]:5000/cb?from=test'],
    ['on localhost, at the port registered', 'http://localhost:8888/cb'],
    ['with a private scheme', 'com.example.app:/cb'],
  ])('%s is accepted', async ([, redirectUri = '']) => {
    await using server = await startAuthorizationServer({ clients })
    const callback = await server.logIn(authorizationUrl(server, { redirect_uri: redirectUri }))
    expect(callback.startsWith(redirectUri)).toBe(true)
    expect((await redeem(server, callback, { redirect_uri: redirectUri })).status).toBe(200)
  })

  test.for([
    ['another port on localhost, which is a name', 'http://localhost:9999/cb'],
    ['another path', 'http://127.0.0.1:8888/cb/'],
    ['a port of a web address', 'https://app.example:444/cb'],
    ['a user name before the host', 'http://me@127.0.0.1:8888/cb'],
    ['a host that begins like a loopback address', 'http://127.0.0.1.app.example/cb'],
  ])('with %s is refused on a page', async ([, redirectUri = '']) => {
    await using server = await startAuthorizationServer({ clients })
    const login = server.logIn(authorizationUrl(server, { redirect_uri: redirectUri }))
    await expect(login).rejects.toThrow('the server shows an error page (400): invalid_redirect_uri')
  })

  test('has to match when the code is redeemed', async () => {
    await using server = await startAuthorizationServer({ clients })
    const callback = await server.logIn(authorizationUrl(server, { redirect_uri: 'http://127.0.0.1:41234/cb' }))
    const { body } = await redeem(server, callback, { redirect_uri: 'http://127.0.0.1:41235/cb' })
    expect(body['error']).toBe('invalid_grant')
  })
})

test('a client that cannot be registered stops the start, and the port is free again', async () => {
  const other = await startAuthorizationServer()
  const port = Number(new URL(other.url).port)
  await other.close()
  const start = startAuthorizationServer({ port, clients: [{ clientId: 'app', redirectUris: ['not a URI'] }] })
  await expect(start).rejects.toThrow('invalid_redirect_uri')
  await using server = await startAuthorizationServer({ port })
  expect(server.url).toBe(other.url)
})
