import { GrantError } from '../errors/grant-error.ts'
import type { Clock } from '../transport/clock.ts'
import { withDeadline } from '../transport/deadline.ts'
import { isObject, parseJson } from '../wire/json.ts'
import type { StoreWrite, TokenStore } from './token-store.ts'

/** Milliseconds for a store to respond: a client that queues forever must not block a login. */
export const storeTimeout = 5000

/**
 * A store whose failures are `store_failed`, and whose calls end after five seconds. What an engine says of a failure may
 * quote what it was given: such a message is left out.
 */
export function guardedStore(store: TokenStore, clock: Clock): TokenStore {
  const guard = async <T>(name: string, call: () => Promise<T>, written: StoreWrite = {}): Promise<T> => {
    try {
      return await inTime(clock, `the token store could not ${name}: it did not respond`, call)
    } catch (error) {
      throw storeFailed(name, error, secretsIn(written))
    }
  }
  const watch = store.watch?.bind(store)
  return {
    volatile: store.volatile,
    read: (key) => guard('read', () => store.read(key)),
    compareAndSet: (key, expected, write) =>
      guard('compareAndSet', () => store.compareAndSet(key, expected, write), write),
    acquire: (key, owner, ttl) => guard('acquire', () => store.acquire(key, owner, ttl)),
    renew: (key, owner, ttl) => guard('renew', () => store.renew(key, owner, ttl)),
    release: (key, owner) => guard('release', () => store.release(key, owner)),
    now: () => guard('now', () => store.now()),
    ...(watch && { watch }),
  }
}

/** Waits for a call until the deadline; once more where the machine has slept meanwhile, and the store with it. */
async function inTime<T>(clock: Clock, late: string, call: () => Promise<T>): Promise<T> {
  const deadline = { clock, timeout: storeTimeout, late }
  const startedAt = clock.now()
  let pending: Promise<T> | undefined
  try {
    return await withDeadline(deadline, async () => (pending = call()))
  } catch (error) {
    const slept = clock.now() - startedAt > 2 * storeTimeout
    if (!pending || !slept || !(error instanceof GrantError) || error.code !== 'timeout') throw error
    const underWay = pending
    return withDeadline(deadline, () => underWay)
  }
}

function storeFailed(name: string, error: unknown, secrets: readonly string[]): GrantError {
  if (!(error instanceof GrantError))
    return new GrantError('store_failed', `the token store could not ${name}`, { cause: withoutQuotes(error, secrets) })
  const { code, action, message, cause } = error
  if (code === 'timeout') return new GrantError('store_failed', message)
  const shown = quotes(message, secrets) ? `the token store could not ${name}` : message
  return new GrantError(code, shown, { action, cause: withoutQuotes(cause, secrets) })
}

/** An error of an engine, without a message that quotes a secret, or a part of one. */
function withoutQuotes(error: unknown, secrets: readonly string[]): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, cause } = error
  const copy = new Error(quotes(message, secrets) ? 'its message quotes what was written, and is left out' : message)
  const { code } = error as { readonly code?: unknown }
  return Object.assign(copy, { name, code, ...(cause !== undefined && { cause: withoutQuotes(cause, secrets) }) })
}

/** Characters of a secret that a message may not share with it: an engine may cut what it quotes. */
const shared = 8

function quotes(message: string, secrets: readonly string[]): boolean {
  for (let start = 0; start + shared <= message.length; start++)
    if (secrets.some((secret) => secret.includes(message.slice(start, start + shared)))) return true
  return false
}

/** Fields of a record that hold no secret. */
const harmless: ReadonlySet<string> = new Set(
  'key owner grant state scope requestedScope resource tokenType holder code'.split(' '),
)

/** Every string of a record that could be a secret. */
function secretsIn({ value = '' }: StoreWrite): readonly string[] {
  return stringsIn(parseJson(value))
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= shared ? [value] : []
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, field]) => (harmless.has(name) ? [] : stringsIn(field)))
}
