import type { TLSSocket } from 'node:tls'
import type { X509Certificate } from 'node:crypto'
import type { Configuration, Context } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** The certificate that a client has shown on its connection; undefined without one. */
export function certificateOf(socket: object): X509Certificate | undefined {
  return (socket as Partial<TLSSocket>).getPeerX509Certificate?.()
}

/** The thumbprint of a certificate, as a token holds it (RFC 8705 §3.1). */
export function thumbprintOf(certificate: X509Certificate | undefined): string | undefined {
  if (certificate === undefined) return undefined
  return Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url')
}

/** Client authentication by certificates, and tokens that are bound to them (RFC 8705). */
export function mutualTls({ tls }: Settings): Configuration['features']['mTLS'] {
  const enabled = tls !== undefined
  return {
    enabled,
    certificateBoundAccessTokens: enabled,
    selfSignedTlsClientAuth: enabled,
    tlsClientAuth: enabled,
    getCertificate: ({ socket }) => certificateOf(socket),
    certificateAuthorized: ({ socket }) => (socket as Partial<TLSSocket>).authorized === true,
    certificateSubjectMatches,
  }
}

/** RFC 8705 §2.1.2. */
function certificateSubjectMatches({ socket }: Context, property: string, expected: string): boolean {
  const certificate = certificateOf(socket)
  if (certificate === undefined) return false
  if (property === 'tls_client_auth_subject_dn') return isSameName(certificate.subject, expected)
  const kind = alternativeNames[property]
  return (certificate.subjectAltName ?? '').split(', ').includes(`${kind}:${expected}`)
}

const alternativeNames: Readonly<Record<string, string>> = {
  tls_client_auth_san_dns: 'DNS',
  tls_client_auth_san_uri: 'URI',
  tls_client_auth_san_ip: 'IP Address',
  tls_client_auth_san_email: 'email',
}

/** Node writes a name in lines and in the order of the certificate; RFC 4514 with commas and in the opposite order. */
function isSameName(subject: string, expected: string): boolean {
  const lines = subject.split('\n')
  const parts = expected.split(/\s*(?<!\\),\s*/)
  return [lines, lines.toReversed()].some((names) => names.join() === parts.join())
}
