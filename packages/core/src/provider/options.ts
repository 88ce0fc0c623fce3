import { GrantError } from '../errors/grant-error.ts'
import { quote, quoteUrl } from '../errors/quote.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import { hostWithPort, parseUrl } from '../definition/check/url.ts'
import { checkDpopKeyPair } from '../protocol/authentication/dpop-key-pair.ts'
import type { DpopKeyPair } from '../protocol/proof-of-possession.ts'
import type { Emit, OnEvent } from '../protocol/events.ts'
import { type Clock, systemClock } from '../transport/clock.ts'
import type { ResponseLimits, Transport } from '../transport/transport.ts'

/** What a provider may be given beside its definition and client. Each has a safe default. */
export interface ProviderOptions {
  /** The `fetch` for OAuth requests: for a proxy, mutual TLS or a test. The runtime's own unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds for one OAuth request with its retries, from connecting to the last byte: 10,000 unless given. */
  readonly timeout?: number | undefined
  /** The most bytes that a response may have, counted after decompression. */
  readonly limits?: ResponseLimits | undefined
  /**
   * Whether OAuth requests may go to addresses of this machine or its network: `allowed` unless given. Refuse them where
   * an issuer comes from outside. A plain `fetch` can only tell literals, not what a name resolves to: the one of
   * `@grantkit/core/node` checks the address that it really connects to.
   */
  readonly privateAddresses?: 'allowed' | 'refused' | undefined
  /**
   * Hosts to which plain http is allowed besides loopback, each with its port, such as `['keycloak:8080']`: for endpoints,
   * discovery and API origins within a container network. Whoever can read that network reads the tokens; an event
   * `discouraged` says so. `privateAddresses` still applies.
   */
  readonly httpHosts?: readonly string[] | undefined
  /**
   * Binds tokens to a key (RFC 9449), so that nobody else can use them. `true` makes a key for this process, which never
   * leaves it; processes that share a store pass the same key pair. A token that is not bound is then refused with
   * `token_type_mismatch`.
   */
  readonly dpop?: true | DpopKeyPair | undefined
  /**
   * The profile whose stricter rules are a guarantee, at construction and at run time. `oauth-2.1`: PKCE, https but for
   * loopback, exact redirect URIs, no secret in a URL. `fapi-2.0` (FAPI 2.0 Security Profile §5.3.3): beyond that, confidential
   * clients that authenticate with `private_key_jwt` or a certificate, tokens that are bound to a key, pushed authorization
   * requests, `iss` in every callback, and no algorithms but PS256, ES256 and EdDSA. What breaks a rule is `config_invalid`.
   */
  readonly profile?: SecurityProfile | undefined
  /** The clock that everything follows; the machine's own unless given. */
  readonly clock?: Clock | undefined
  /** Receives what happens, for logs, metrics and traces, and never a secret. What it throws is ignored. */
  readonly onEvent?: OnEvent | undefined
}

/** A profile of OAuth 2.0 whose stricter rules apply. */
export type SecurityProfile = 'oauth-2.1' | 'fapi-2.0'

const profiles: readonly unknown[] = [undefined, 'oauth-2.1', 'fapi-2.0'] satisfies readonly (
  | SecurityProfile
  | undefined
)[]
const defaultTimeout = 10_000
/** The fields of {@link ProviderOptions}. */
export const optionFields: readonly string[] = [
  'fetch',
  'timeout',
  'limits',
  'privateAddresses',
  'httpHosts',
  'dpop',
  'profile',
  'clock',
  'onEvent',
]

/** Options once checked, with the defaults filled in. */
export interface CheckedOptions extends Omit<Transport, 'provider' | 'observe'> {
  /** Whether the `fetch` is the user's own, which alone can present a certificate. */
  readonly ownFetch: boolean
  readonly dpop: true | DpopKeyPair | undefined
  readonly profile: SecurityProfile | undefined
  readonly onEvent: OnEvent | undefined
}

/** Checks the options and fills in the defaults. Throws `config_invalid`. */
export function checkOptions(options: ProviderOptions): CheckedOptions {
  refuseUnknownOptions(options, { what: 'the options of a provider', fields: optionFields })
  const { fetch = globalFetch, timeout = defaultTimeout, clock = systemClock, onEvent } = options
  const { limits = {}, privateAddresses = 'allowed', httpHosts = [], dpop, profile } = options
  if (typeof fetch !== 'function') throw invalid('fetch has to be a function, with the signature of the global one')
  if (!(Number.isFinite(timeout) && timeout > 0))
    throw invalid('timeout has to be a number of milliseconds above zero, such as 10_000')
  if (!isClock(clock)) throw invalid('clock has to be { now(): number, sleep(ms, signal?): Promise<void> }')
  if (onEvent !== undefined && typeof onEvent !== 'function')
    throw invalid('onEvent has to be a function that takes one event')
  if (privateAddresses !== 'allowed' && privateAddresses !== 'refused')
    throw invalid(`privateAddresses has to be 'allowed' or 'refused'`)
  if (!profiles.includes(profile)) throw invalid(`${quote(profile)} is not a profile: write 'oauth-2.1' or 'fapi-2.0'`)
  const checked = { limits: checkLimits(limits), httpHosts: checkHttpHosts(httpHosts), dpop: checkDpop(dpop) }
  const ownFetch = options.fetch !== undefined
  return { fetch, ownFetch, timeout, clock, privateAddresses, profile, onEvent, ...checked }
}

function isClock(clock: Partial<Clock> | null): boolean {
  return typeof clock?.now === 'function' && typeof clock.sleep === 'function'
}

function checkDpop(dpop: ProviderOptions['dpop']): CheckedOptions['dpop'] {
  return dpop === undefined || dpop === true ? dpop : checkDpopKeyPair(dpop)
}

/** Looked up at each call, so that what replaces it later, a tracer or a test, is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)

const defaultLimits: Transport['limits'] = Object.freeze({ token: 1024 * 1024, metadata: 512 * 1024, keys: 512 * 1024 })

function checkLimits(limits: ResponseLimits): Transport['limits'] {
  refuseUnknownOptions(limits, { what: 'the limits', fields: Object.keys(defaultLimits) })
  const given = Object.entries(limits).filter(([, bytes]) => bytes !== undefined)
  for (const [name, bytes] of given)
    if (!(Number.isInteger(bytes) && Number(bytes) > 0))
      throw invalid(`limits.${name} has to be a number of bytes above zero`)
  return given.length === 0 ? defaultLimits : { ...defaultLimits, ...Object.fromEntries(given) }
}

/** Exact hosts with their port: a wildcard, a path or a scheme would allow more than the user thinks of. */
function checkHttpHosts(hosts: unknown): readonly string[] {
  if (!isList(hosts)) throw invalid(`httpHosts has to be an array: write ['keycloak:8080']`)
  const checked = hosts.map((host) => {
    const url = typeof host === 'string' && !host.includes('*') ? parseUrl(`http://${host}`) : undefined
    if (url && hostWithPort(url) === host) return host
    throw invalid(
      `${quoteUrl(host)} is not a host with its port: write 'keycloak:8080', without scheme, path and wildcard`,
    )
  })
  return Object.freeze(checked)
}

/** What an event says of each host to which plain http is allowed. */
export function plainHosts({ httpHosts }: Pick<CheckedOptions, 'httpHosts'>): readonly string[] {
  return httpHosts.map((host) => `plain http is allowed to ${host}: whoever can read that network reads the tokens`)
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** Stamps events and hands them on. A listener that fails must not fail a login, so what it throws is dropped. */
export function emitter(provider: string, clock: Clock, onEvent: OnEvent | undefined): Emit {
  if (!onEvent) return () => undefined
  return (event) => {
    try {
      const result: unknown = onEvent(Object.freeze({ ...event, provider, at: clock.now() }))
      if (result instanceof Promise) result.catch(() => undefined) // a listener may be async
    } catch {
      // see above
    }
  }
}

/** How requests of a provider are made, and told. */
export function transportOf(provider: string, options: Omit<CheckedOptions, 'onEvent'>, emit: Emit): Transport {
  return { ...options, provider, observe: (request) => emit({ type: 'request', ...request }) }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
