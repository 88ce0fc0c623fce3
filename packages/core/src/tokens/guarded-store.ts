import { GrantError } from '../errors/grant-error.ts'
import type { TokenStore } from './token-store.ts'

const operations = ['read', 'compareAndSet', 'acquire', 'renew', 'release', 'now'] as const

/** A store whose failures are `store_failed`, with the engine's error as a scrubbed cause. */
export function guardedStore(store: TokenStore): TokenStore {
  const guarded = operations.map((name) => [name, guard(store, name)] as const)
  const watch = store.watch?.bind(store)
  return { ...(Object.fromEntries(guarded) as unknown as TokenStore), ...(watch && { watch }) }
}

function guard(store: TokenStore, name: (typeof operations)[number]): (...input: never[]) => Promise<unknown> {
  return async (...input) => {
    try {
      return (await Reflect.apply(store[name], store, input)) as unknown
    } catch (error) {
      if (error instanceof GrantError) throw error
      throw new GrantError('store_failed', `the token store could not ${name}`, { cause: error })
    }
  }
}
