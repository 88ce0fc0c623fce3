import { GrantError, type GrantErrorAction, type TokenStore } from '@grantkit/core'

/** The message of a call that the store refuses, if the rest of the error is right. */
export async function refusalOf(
  call: () => Promise<unknown>,
  action: GrantErrorAction = 'fix_configuration',
): Promise<string> {
  try {
    return `nothing was refused, but ${String(await call())} returned`
  } catch (error) {
    if (!(error instanceof GrantError)) return `no GrantError, but ${String(error)}`
    return error.code === 'store_failed' && error.action === action ? error.message : JSON.stringify(error)
  }
}

/** The messages of the store for every call on user:42, without duplicates. */
export async function refusalsOf(store: TokenStore): Promise<string> {
  const calls: (() => Promise<unknown>)[] = [
    () => store.read('user:42'),
    () => store.compareAndSet('user:42', 0, { value: 'next' }),
    () => store.compareAndSet('user:42', 1, { value: 'next' }),
    () => store.compareAndSet('user:42', 1, {}),
    () => store.acquire('user:42', 'a', 1_000),
    () => store.renew('user:42', 'a', 1_000),
    () => store.release('user:42', 'a'),
  ]
  const refusals = new Set<string>()
  for (const call of calls) refusals.add(await refusalOf(call))
  return refusals.size === 1 ? String([...refusals][0]) : `different answers: ${[...refusals].join('\n')}`
}
