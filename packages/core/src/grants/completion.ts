import { GrantError } from '../errors/grant-error.ts'
import type { Token } from '../token/token.ts'
import type { Clock } from '../transport/clock.ts'
import { transactionLife } from './transaction.ts'

/** A transaction whose code is being redeemed, or was. */
interface Completion {
  readonly code: string
  readonly until: number
  exchange: Promise<Token> | undefined
}

/** What this process has redeemed of late, by transaction. Times of different clocks cannot be compared. */
const registries = new WeakMap<Clock, Map<string, Completion>>()

/**
 * Redeems the code of a transaction once in this process (RFC 6749 §4.1.2: a code is used once). Who asks at the same
 * time with the same callback gets the same token; once the server has answered, the transaction is used up. A
 * failure that says nothing about the code leaves it usable. Rejects with `transaction_used`.
 */
export async function completeOnce(
  clock: Clock,
  key: string,
  code: string,
  exchange: () => Promise<Token>,
): Promise<Token> {
  const registry = registryOf(clock)
  const known = registry.get(key)
  if (known?.exchange && known.code === code) return known.exchange
  if (known)
    throw new GrantError(
      'transaction_used',
      'this login was completed already: a page that was loaded again, or a second callback',
    )
  const completion: Completion = { code, until: clock.now() + transactionLife, exchange: exchange() }
  registry.set(key, completion)
  try {
    return await (completion.exchange as Promise<Token>)
  } catch (error) {
    if (!isAnswer(error)) registry.delete(key)
    throw error
  } finally {
    completion.exchange = undefined
  }
}

/** Whether the server has decided about the code; a timeout, a lost connection or an overloaded server decides nothing. */
function isAnswer(error: unknown): boolean {
  return (
    error instanceof GrantError &&
    error.action !== 'retry' &&
    error.code !== 'aborted' &&
    error.code !== 'config_invalid'
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
