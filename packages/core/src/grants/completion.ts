import { GrantError } from '../errors/grant-error.ts'
import type { Exchange } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import { transactionLifetime } from './transaction.ts'

/** A transaction whose code is being redeemed, or was. */
interface Completion {
  readonly code: string
  /** Milliseconds since the epoch; then the transaction itself has expired. */
  readonly until: number
  /** What the server answered, as long as it may still be needed. */
  received: Promise<Exchange> | undefined
  /** The token, while it is on its way. */
  underWay: Promise<Token> | undefined
}

/** What this process has redeemed of late, by transaction: shared by all providers, since a page that is loaded again may meet another one. Bounded by the lifetime of a transaction. Times of different clocks cannot be compared. */
const registries = new WeakMap<Clock, Map<string, Completion>>()

/** A transaction that is to be completed. */
export interface Completing {
  readonly clock: Clock
  /** Tells it from every other transaction. */
  readonly key: string
  readonly code: string
  /** Redeems the code. */
  redeem(): Promise<Exchange>
}

/**
 * Redeems the code of a transaction once in this process (RFC 6749 §4.1.2: a code is used once). Concurrent calls with
 * the same callback share one token; once the server has answered, the transaction is used up. A failure that says
 * nothing about the code leaves it usable; one that came after the response, such as keys that cannot be fetched, is tried
 * again with that response. Rejects with `transaction_used`.
 */
export function completeOnce(completing: Completing): Promise<Token> {
  const registry = registryOf(completing.clock)
  const known = registry.get(completing.key)
  if (known && (known.code !== completing.code || !(known.underWay ?? known.received))) throw used()
  if (known?.underWay) return known.underWay
  const completion = known ?? newCompletion(completing)
  registry.set(completing.key, completion)
  completion.underWay = finish(completion, completing, () => registry.delete(completing.key))
  return completion.underWay
}

async function finish(completion: Completion, { redeem }: Completing, forget: () => void): Promise<Token> {
  let exchange: Exchange | undefined
  try {
    exchange = await (completion.received ??= redeem())
    if ('error' in exchange) throw exchange.error
    const token = await exchange.verified()
    completion.received = undefined
    return token
  } catch (error) {
    const answered = exchange !== undefined && !('error' in exchange)
    if (!answered || isFinal(error)) completion.received = undefined
    if (!answered && !isFinal(error)) forget()
    throw error
  } finally {
    completion.underWay = undefined
  }
}

/** Whether another attempt would end in the same way; a timeout, a lost connection or an overloaded server decides nothing. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof GrantError &&
    error.action !== 'retry' &&
    error.code !== 'aborted' &&
    error.code !== 'config_invalid'
  )
}

function newCompletion({ clock, code }: Completing): Completion {
  return { code, until: clock.now() + transactionLifetime, received: undefined, underWay: undefined }
}

function used(): GrantError {
  return new GrantError(
    'transaction_used',
    'this login was completed already: a page that was loaded again, or a second callback',
  )
}

function registryOf(clock: Clock): Map<string, Completion> {
  const registry = registries.get(clock) ?? new Map<string, Completion>()
  registries.set(clock, registry)
  const now = clock.now()
  for (const [key, { until }] of registry) {
    if (until > now) break // in order of age: the rest is younger
    registry.delete(key)
  }
  return registry
}
