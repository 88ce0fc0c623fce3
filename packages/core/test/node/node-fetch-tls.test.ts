import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { type TLSSocket } from 'node:tls'
import { ClientCredentials, Provider } from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { certificateFor } from '../support/certificates.ts'
import { goodToken } from '../support/scene.ts'
import { fetchOn, releases } from '../support/undici.ts'

/** A server over TLS, whose `/who` says whose certificate the client presents. */
async function secureServer(options: ServerOptions): Promise<string> {
  const server = createServer(options, ({ url, socket }, response) => {
    const certificate = (socket as TLSSocket).getPeerCertificate()
    response.end(url === '/who' ? (certificate.subjectaltname ?? 'nobody') : JSON.stringify(goodToken))
  })
  server.on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('R43: a certificate that nobody vouches for is refused, and a named authority is trusted', async () => {
  const { key, cert } = certificateFor('IP:127.0.0.1')
  const metadata = { token_endpoint: `${await secureServer({ key, cert })}/token` }
  const run = (fetch: typeof globalThis.fetch) =>
    new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, { fetch }).grant(ClientCredentials).requestToken()
  for (const fetch of [globalThis.fetch, nodeFetch(), nodeFetch({ tls: { ca: certificateFor('IP:127.0.0.1').cert } })])
    await expect(run(fetch)).rejects.toMatchObject({ code: 'network_error' })
  expect((await run(nodeFetch({ tls: { ca: cert } }))).accessToken).toBe(goodToken['access_token'])
})

describe.each(releases)('on %s,', (_, undici) => {
  test('the certificate of a client is presented, and no other client presents it', async () => {
    const [server, client] = [certificateFor('IP:127.0.0.1'), certificateFor('DNS:client.example')]
    const url = await secureServer({ ...server, ca: client.cert, requestCert: true, rejectUnauthorized: false })
    const who = async (tls: object) =>
      (await fetchOn(undici, { tls: { ca: server.cert, ...tls } })(`${url}/who`)).text()
    expect(await who(client)).toBe('DNS:client.example')
    expect(await who({})).toBe('nobody')
  })

  test('a certificate for another host is refused', async () => {
    const { key, cert } = certificateFor('DNS:other.example')
    const fetch = fetchOn(undici, { tls: { ca: cert } })
    await expect(fetch(await secureServer({ key, cert }))).rejects.toThrow(TypeError)
  })
})
