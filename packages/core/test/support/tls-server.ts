import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { certificateFor, type Certificate } from './certificates.ts'

/** A request to a server over TLS. */
export interface TlsRequest {
  readonly path: string
  readonly form: Readonly<Record<string, string>>
  readonly authorization: string | undefined
  /** The thumbprint of the certificate that the client presents (RFC 8705 §3.1), if any. */
  readonly thumbprint: string | undefined
}

/** A server over TLS, for as long as the test runs. */
export interface TlsServer {
  readonly url: string
  /** The certificate that vouches for it. */
  readonly ca: string
  readonly requests: TlsRequest[]
}

/** `x5t#S256` of a certificate in DER (RFC 8705 §3.1). */
export function thumbprintOf(certificate: Buffer | undefined): string | undefined {
  return certificate && createHash('sha256').update(certificate).digest('base64url')
}

/** Starts a server over TLS; with the certificate of a client, it demands that one. */
export async function tlsServer(reply: (request: TlsRequest) => unknown, client?: Certificate): Promise<TlsServer> {
  const { key, cert } = certificateFor('IP:127.0.0.1')
  const requests: TlsRequest[] = []
  const options: ServerOptions = client ? { key, cert, ca: client.cert, requestCert: true } : { key, cert }
  const server = createServer(options, (incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const { raw } = (incoming.socket as TLSSocket).getPeerCertificate()
      const request: TlsRequest = {
        path: incoming.url ?? '',
        form: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
        authorization: incoming.headers.authorization,
        thumbprint: thumbprintOf(raw),
      }
      requests.push(request)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(reply(request)))
    })
  })
  server.on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => server.close().closeAllConnections())
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: cert, requests }
}
