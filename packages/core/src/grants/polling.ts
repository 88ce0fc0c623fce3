import { GrantError } from '../errors/grant-error.ts'
import type { Exchange, GrantPort } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { RequestValues } from '../wire/form.ts'
import { joined, refuseAborted, untilAborted } from '../transport/deadline.ts'
import type { GrantOptions } from './grant.ts'
import { expired, type PendingTransaction } from './pending-transaction.ts'

/** What the token request of a login on another device may be given, last. */
export type PendingOptions = Pick<GrantOptions, 'parameters' | 'signal'>

/** The fields of {@link PendingOptions}. */
export const pendingOptions = {
  what: 'the options of requestToken',
  fields: ['parameters', 'signal'],
  instead: {
    scope: 'the login has it from authorize({ scope })',
    resource: 'the login has it from authorize({ resource })',
  },
}

/** A token that is polled for until the user has decided. */
export interface Polling {
  readonly port: GrantPort
  readonly pending: PendingTransaction
  /** The code that the token is requested with. */
  readonly code: string
  /** What is sent beside it. */
  readonly parameters?: RequestValues | undefined
  /** Whether the server has said that the user decided, so the first request need not wait. */
  readonly decided?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  request(signal: AbortSignal): Promise<Exchange>
}

/** Seconds that `slow_down` adds, from then on (RFC 8628 §3.5). */
const slowDown = 5
/** The longest pause in seconds while a server cannot be reached. */
const longestBackoff = 60

/** Logins that are polled for. Concurrent calls for one login share its requests, which keeps the interval; it stops when the last caller aborts. */
const underWay = new Map<string, Shared>()

interface Shared {
  readonly token: Promise<Token>
  readonly stop: AbortController
  callers: number
}

/**
 * Polls for the token of a login on another device until the user has decided (RFC 8628 §3.4 and §3.5). Concurrent calls
 * share the requests. Rejects with `authorization_denied`, `transaction_expired`, `aborted`, or whatever else no further
 * request would change.
 */
export async function pollForToken(polling: Polling): Promise<Token> {
  refuseAborted(polling.signal)
  const key = keyOf(polling)
  const shared = underWay.get(key) ?? begin(key, polling)
  shared.callers++
  try {
    return await joined(shared.token, polling.signal)
  } finally {
    shared.callers--
    if (shared.callers === 0) {
      underWay.delete(key)
      shared.stop.abort()
    }
  }
}

/** Tells a login from every other of this process. */
function keyOf({ port, code, parameters }: Polling): string {
  const { name, metadata } = port.provider
  return JSON.stringify([name, metadata.issuer, metadata.token_endpoint, port.client.clientId, code, parameters])
}

function begin(key: string, polling: Polling): Shared {
  const stop = new AbortController()
  const shared = { token: poll(polling, stop.signal), stop, callers: 0 }
  underWay.set(key, shared)
  return shared
}

async function poll(polling: Polling, signal: AbortSignal): Promise<Token> {
  const pace = new Pace(polling)
  let received: Exclude<Exchange, { readonly error: GrantError }> | undefined
  for (;;) {
    await pace.wait(signal)
    try {
      received ??= await answered(polling.request(signal)) // a token is there once: if its keys cannot be fetched, they are tried again
      return await received.verified()
    } catch (error) {
      pace.judge(error, received !== undefined)
    }
  }
}

async function answered(exchange: Promise<Exchange>): Promise<Exclude<Exchange, { readonly error: GrantError }>> {
  const outcome = await exchange
  if ('error' in outcome) throw outcome.error
  return outcome
}

/** The pace of the polling. */
class Pace {
  readonly #polling: Polling
  #interval: number
  /** Seconds until the next request. */
  #pause: number
  /** Requests without a response, in a row. */
  #failures = 0
  /** What to reject with when the login expires. */
  #end: GrantError | undefined

  constructor(polling: Polling) {
    this.#polling = polling
    this.#interval = polling.pending.interval
    this.#pause = polling.decided ? 0 : this.#interval
  }

  /** Waits until the next request is due. Throws `transaction_expired` as soon as none can be in time. */
  async wait(signal: AbortSignal): Promise<void> {
    const { clock } = this.#polling.port
    const ms = this.#pause * 1000
    this.#refuseLate(ms)
    signal.throwIfAborted()
    if (ms > 0) await untilAborted(clock.sleep(ms, signal), signal)
    this.#refuseLate(0) // the machine may have slept longer
  }

  /** Decides what an error means for the next request. Throws it where no further request would change it. */
  judge(error: unknown, hasToken: boolean): void {
    if (!(error instanceof GrantError)) throw error
    const { oauth, action, retryAfter = 0 } = error
    const isPending = oauth?.error === 'authorization_pending' || oauth?.error === 'slow_down'
    if (!isPending && action !== 'retry') throw decided(error, this.#polling.port.provider.name)
    if (oauth?.error === 'slow_down') this.#interval += slowDown
    this.#failures = isPending ? 0 : this.#failures + 1
    const backoff = Math.min(this.#interval * 2 ** this.#failures, Math.max(longestBackoff, this.#interval * 2))
    this.#pause = Math.max(backoff, retryAfter)
    this.#end = hasToken ? error : isPending ? undefined : expired(this.#polling.port.provider.name, error)
  }

  #refuseLate(ms: number): void {
    const { port, pending } = this.#polling
    if (port.clock.now() + ms >= pending.expiresAt) throw this.#end ?? expired(port.provider.name)
  }
}

/** An error that ends a login: a denial and an expiry have codes of their own. */
export function decided(error: GrantError, provider: string): GrantError {
  const { oauth, status } = error
  if (oauth?.error === 'expired_token') return expired(provider, error)
  if (oauth?.error !== 'access_denied') return error
  const message = `the user, or ${provider}, denied the authorization`
  return new GrantError('authorization_denied', message, { provider, oauth, status, cause: error })
}
