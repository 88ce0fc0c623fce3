import { createSecureContext } from 'node:tls'
import { GrantError } from '../errors/grant-error.ts'

/** How {@link nodeFetch} connects. */
export interface NodeFetchOptions {
  /** A dispatcher of the package `undici`, for a proxy, limits of your own or a mock: its global dispatcher unless given. */
  readonly dispatcher?: NodeDispatcher | undefined
  /** Certificates, for mutual TLS (RFC 8705 §2) or a private certificate authority. Not together with `dispatcher`. */
  readonly tls?: NodeTlsOptions | undefined
  /** Whether to connect to addresses of this machine or its network: `allowed` unless given. Not together with `dispatcher`. */
  readonly privateAddresses?: 'allowed' | 'refused' | undefined
}

/** A dispatcher of the package `undici`: an `Agent`, `Pool`, `ProxyAgent`, `EnvHttpProxyAgent` or `MockAgent`. */
export interface NodeDispatcher {
  /** Sends a request and hands its response to a handler. */
  dispatch(options: never, handler: never): boolean
}

/** Certificates and keys in PEM. */
export interface NodeTlsOptions {
  /** The certificate authorities to trust; those of Node unless given. */
  readonly ca?: string | undefined
  /** The certificate that the client presents, with the intermediate ones after it. */
  readonly cert?: string | undefined
  /** The private key of that certificate. */
  readonly key?: string | undefined
}

const fields: readonly string[] = ['dispatcher', 'tls', 'privateAddresses']
const tlsFields: readonly string[] = ['ca', 'cert', 'key']

/** Checks the options of {@link nodeFetch}. Throws `config_invalid`. */
export function checkNodeFetchOptions(options: NodeFetchOptions): NodeFetchOptions {
  checkFields('the options of nodeFetch', options, fields)
  const { dispatcher, tls, privateAddresses } = options
  if (dispatcher !== undefined && typeof (dispatcher as Partial<NodeDispatcher> | null)?.dispatch !== 'function')
    throw invalid('dispatcher is not a dispatcher of undici: write new Agent(…), or leave it out')
  if (privateAddresses !== undefined && privateAddresses !== 'allowed' && privateAddresses !== 'refused')
    throw invalid(`privateAddresses is not valid: write 'allowed' or 'refused'`)
  if (tls !== undefined) checkTls(tls)
  if (dispatcher !== undefined && (tls !== undefined || privateAddresses !== undefined))
    throw invalid(
      'a dispatcher makes its own connections, so tls and privateAddresses have no effect on it: write either',
    )
  return options
}

function checkTls(tls: NodeTlsOptions): void {
  checkFields('tls', tls, tlsFields)
  for (const [name, pem] of Object.entries(tls))
    if (pem !== undefined && !(typeof pem === 'string' && pem.includes('-----BEGIN ')))
      throw invalid(`tls.${name} is not PEM: write the contents of the file, with the line "-----BEGIN …-----"`)
  if ((tls.cert === undefined) !== (tls.key === undefined))
    throw invalid('tls.cert and tls.key belong together: write both, or neither')
  try {
    createSecureContext(given(tls))
  } catch (cause) {
    throw invalid('tls cannot be read: write valid certificates, and the unencrypted key of tls.cert', cause)
  }
}

/** The certificates that are given. */
export function given(tls: NodeTlsOptions): { ca?: string; cert?: string; key?: string } {
  return Object.fromEntries(Object.entries(tls).filter(([, pem]) => pem !== undefined)) as Record<string, string>
}

function checkFields(what: string, value: unknown, known: readonly string[]): void {
  const list = known.join(', ')
  if (typeof value !== 'object' || value === null) throw invalid(`${what}: write an object with any of ${list}`)
  for (const name of Object.keys(value))
    if (!known.includes(name)) throw invalid(`${what} cannot have "${name}": write any of ${list}`)
}

function invalid(message: string, cause?: unknown): GrantError {
  return new GrantError('config_invalid', message, { cause })
}
