import { GrantError, type GrantErrorAction, type TokenStore } from '@grantkit/core'

/** What the store says when it refuses a call because of what it has found: the message, if everything else is as it should be. */
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

/** What the store says to every call for user:42, once if it is the same. */
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
