import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A certificate that vouches for itself, and its key, in PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Makes a certificate, with alternative names such as `IP:127.0.0.1` or `DNS:client.example`. */
export function certificateFor(names: string, subject = '/CN=my client/O=Example'): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'grantkit-tls-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const named = ['-subj', subject, '-addext', `subjectAltName=${names}`]
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert, ...named], { stdio: 'ignore' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
