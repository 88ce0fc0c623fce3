import { GrantError } from '../errors/grant-error.ts'
import type { Exchange } from '../protocol/port.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import { transactionLifetime } from './transaction.ts'

/** A transaction that is to be completed. */
export interface Completing {
  readonly clock: Clock
  /** Tells it from every other transaction. */
  readonly key: string
  readonly code: string
  /** Redeems the code. */
  redeem(): Promise<Exchange>
}

/** A response with a token. */
type Received = Exclude<Exchange, { readonly error: GrantError }>

/** A transaction whose code is being redeemed, or was. With neither a response nor a token under way, it is used up. */
interface Completion {
  readonly clock: Clock
  readonly code: string
  /** Milliseconds since the epoch by its own clock; then the transaction itself has expired. */
  readonly until: number
  /** A response that could not be verified yet. */
  received?: Received | undefined
  /** The token, while it is on its way. */
  underWay?: Promise<Token> | undefined
}

/** What this process has redeemed of late, by transaction, oldest first: shared by all providers, because a page that is loaded again may meet another one. Bounded by the lifetime of a transaction. */
const completions = new Map<string, Completion>()

/**
 * Redeems the code of a transaction once in this process (RFC 6749 §4.1.2: a code is used once). Concurrent calls with
 * the same callback share one exchange; once the server has responded, the transaction is used up. A failure that says
 * nothing about the code leaves it usable. What fails after a token response, such as keys that cannot be fetched, is
 * tried again with that response; nothing but a refused ID token ends it then. Rejects with `transaction_used`.
 */
export async function completeOnce(completing: Completing): Promise<Token> {
  forgetExpired()
  const known = recall(completing.key)
  if (known && (known.code !== completing.code || !(known.underWay ?? known.received))) throw used()
  if (known?.underWay) return known.underWay
  const completion = known ?? begin(completing)
  completion.underWay = finish(completion, completing)
  return completion.underWay
}

async function finish(completion: Completion, completing: Completing): Promise<Token> {
  try {
    completion.received ??= await receive(completing)
    const token = await completion.received.verified()
    completion.received = undefined
    return token
  } catch (error) {
    const isOver = completion.received ? isRefusedIdToken(error) : isResponse(error)
    if (isOver) completion.received = undefined
    else if (!completion.received) completions.delete(completing.key)
    throw error
  } finally {
    completion.underWay = undefined
  }
}

async function receive(completing: Completing): Promise<Received> {
  const exchange = await completing.redeem()
  if ('error' in exchange) throw exchange.error
  return exchange
}

/** Whether the server has judged the code; a timeout, a lost connection or an overloaded server has not. */
function isResponse(error: unknown): boolean {
  return (
    error instanceof GrantError &&
    error.action !== 'retry' &&
    error.code !== 'aborted' &&
    error.code !== 'config_invalid'
  )
}

/** Whether the ID token itself was refused, and not the keys that it was to be verified with. */
function isRefusedIdToken(error: unknown): boolean {
  return error instanceof GrantError && error.code === 'id_token_invalid' && error.action === 'report'
}

function begin({ clock, key, code }: Completing): Completion {
  const completion: Completion = { clock, code, until: clock.now() + transactionLifetime }
  completions.set(key, completion)
  return completion
}

function recall(key: string): Completion | undefined {
  const known = completions.get(key)
  if (!known || !isExpired(known)) return known
  completions.delete(key)
  return undefined
}

/** Those that began later are still needed. */
function forgetExpired(): void {
  for (const [key, completion] of completions) {
    if (!isExpired(completion)) return
    completions.delete(key)
  }
}

function isExpired({ clock, until }: Completion): boolean {
  return clock.now() >= until
}

function used(): GrantError {
  return new GrantError(
    'transaction_used',
    'this login was completed already: the page was loaded again, or this is a second callback',
  )
}
