import { GrantError } from '../errors/grant-error.ts'
import type { Emit, OnEvent } from '../protocol/events.ts'
import { type Clock, systemClock } from '../transport/clock.ts'
import type { ResponseLimits, Transport } from '../transport/transport.ts'

/** What a provider may be given beside its definition and client. Each has a safe default. */
export interface ProviderOptions {
  /** The `fetch` for OAuth requests: for a proxy, mutual TLS or a test. The runtime's own unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Milliseconds for one OAuth request with its retries, from connecting to the last byte: 10,000 unless given. */
  readonly timeout?: number | undefined
  /** The most bytes that an answer may have, counted after decompression. */
  readonly limits?: ResponseLimits | undefined
  /**
   * Whether OAuth requests may go to addresses of this machine or its network: `allowed` unless given. Refuse them where
   * an issuer comes from outside. A plain `fetch` can only tell literals, not what a name resolves to: the one of
   * `@grantkit/core/node` checks the address that it really connects to.
   */
  readonly privateAddresses?: 'allowed' | 'refused' | undefined
  /** The clock that everything follows; the machine's own unless given. */
  readonly clock?: Clock | undefined
  /** Receives what happens, for logs and metrics, and never a secret. What it throws is ignored. */
  readonly onEvent?: OnEvent | undefined
}

const defaultTimeout = 10_000

/** Checks the options and fills in the defaults. Throws `config_invalid`. */
export function checkOptions({
  fetch,
  timeout = defaultTimeout,
  clock = systemClock,
  onEvent,
  limits = {},
  privateAddresses = 'allowed',
}: ProviderOptions): Transport {
  if (fetch !== undefined && typeof fetch !== 'function')
    throw invalid('fetch is a function, with the signature of the global one')
  if (!(Number.isFinite(timeout) && timeout > 0))
    throw invalid('timeout is a number of milliseconds above zero, such as 10_000')
  if (typeof clock.now !== 'function' || typeof clock.sleep !== 'function')
    throw invalid('clock is { now(): number, sleep(ms, signal?): Promise<void> }')
  if (onEvent !== undefined && typeof onEvent !== 'function')
    throw invalid('onEvent is a function that takes one event')
  if (privateAddresses !== 'allowed' && privateAddresses !== 'refused')
    throw invalid(`privateAddresses is 'allowed' or 'refused'`)
  return { fetch: fetch ?? globalFetch, timeout, clock, limits: checkLimits(limits), privateAddresses }
}

/** Looked up at each call, so that what replaces it later, a tracer or a test, is used. */
const globalFetch: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)

const defaultLimits: Transport['limits'] = Object.freeze({ token: 1024 * 1024, metadata: 512 * 1024, keys: 512 * 1024 })

function checkLimits(limits: ResponseLimits): Transport['limits'] {
  const given = Object.entries(limits).filter(([, bytes]) => bytes !== undefined)
  for (const [name, bytes] of given)
    if (!(Number.isInteger(bytes) && Number(bytes) > 0)) throw invalid(`limits.${name} is a number of bytes above zero`)
  return given.length === 0 ? defaultLimits : { ...defaultLimits, ...Object.fromEntries(given) }
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

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
