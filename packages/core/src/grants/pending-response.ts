import { checkExtra, reservedInTokenRequest } from '../definition/check/parameters.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { GrantPort } from '../protocol/port.ts'
import { checkScope } from '../token/scope.ts'
import type { RequestValues } from '../wire/form.ts'
import type { GrantOptions } from './grant.ts'
import { type PendingTransaction, sensibleInterval } from './pending-transaction.ts'
import { checkResource } from './resource.ts'

/** Seconds between two token requests if the server did not say (RFC 8628 §3.2, CIBA Core 1.0 §7.3). */
const defaultInterval = 5
/** The longest lifetime of a login in seconds, whatever the server says: thirty days. */
const longestLifetime = 30 * 24 * 3600

/** The parameters that begin a login on another device: the grant's own, and the caller's beside them. Throws `config_invalid`. */
export function beginning(
  { provider }: GrantPort,
  { scope, resource, parameters }: GrantOptions,
  own: RequestValues = {},
): RequestValues {
  const requested = checkScope(scope)
  const { issuer, jwks_uri } = provider.metadata
  if (requested.includes('openid') && (issuer === undefined || jwks_uri === undefined))
    throw new GrantError(
      'config_invalid',
      `the scope "openid" needs issuer and jwks_uri in the metadata of ${provider.name}: Provider.discover() finds both`,
      { provider: provider.name },
    )
  const sent = { ...own, scope: requested.join(' '), resource: checkResource(resource) }
  return { ...checkExtra(parameters, new Set([...reservedInTokenRequest, ...Object.keys(sent)])), ...sent }
}

/** What a field has to be: in words, and as a check. */
export type FieldRule = readonly [what: string, fits: (text: string) => boolean]

/** A field of printable ASCII, as what is sent back to the server is. */
export const printableAscii: FieldRule = ['a string of printable ASCII', (text) => /^[\u0020-\u007E]+$/.test(text)]

/** The response of a server that began a login on another device, read strictly. */
export class PendingResponse {
  readonly #fields: Readonly<Record<string, unknown>>
  readonly #port: GrantPort
  readonly #standard: string

  constructor(fields: Readonly<Record<string, unknown>>, port: GrantPort, standard: string) {
    this.#fields = fields
    this.#port = port
    this.#standard = standard
  }

  /** A field that has to be there. Throws `token_response_invalid`. */
  required(name: string, rule: FieldRule): string {
    const value = this.optional(name, rule)
    if (value === undefined) throw this.#broken(`${name} is missing`)
    return value
  }

  /** A field that may be there. Throws `token_response_invalid`. */
  optional(name: string, [what, fits]: FieldRule): string | undefined {
    const value = this.#fields[name]
    if (value === undefined || (typeof value === 'string' && fits(value))) return value
    throw this.#broken(`${name} is not ${what}`)
  }

  /** What is kept of a login that was requested at `createdAt`, in milliseconds since the epoch. Throws `token_response_invalid`. */
  pending({ scope, resource }: GrantOptions, createdAt: number): PendingTransaction {
    const { name: provider, metadata } = this.#port.provider
    const lifetime = this.#seconds('expires_in')
    if (lifetime === undefined) throw this.#broken('expires_in is missing')
    return {
      scope: checkScope(scope),
      ...(resource !== undefined && { resource }),
      provider,
      ...(metadata.issuer !== undefined && { issuer: metadata.issuer }),
      interval: sensibleInterval(this.#seconds('interval') ?? defaultInterval),
      createdAt,
      expiresAt: createdAt + Math.min(lifetime, longestLifetime) * 1000,
    }
  }

  /** Seconds: a number, or digits in a string. */
  #seconds(name: string): number | undefined {
    const value = this.#fields[name]
    const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
    if (seconds === undefined || (typeof seconds === 'number' && seconds >= 0)) return seconds
    throw this.#broken(`${name} is not a number of seconds`)
  }

  #broken(what: string): GrantError {
    const { name: provider } = this.#port.provider
    const message = `the response of ${provider} that begins the login breaks ${this.#standard}: ${what}`
    return new GrantError('token_response_invalid', message, { provider })
  }
}
