import { withHint } from '../../definition/check/redirect-uri.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { GrantPort } from '../../protocol/port.ts'
import { after } from '../../transport/clock.ts'
import type { PendingLogin } from './pending-login.ts'

/** When a login is given up. */
export interface Patience {
  readonly port: GrantPort
  readonly redirectUri: string
  /** Milliseconds of the provider's clock. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
}

/** Gives a login up when its time is over or the caller aborts. Returns a function that stops watching. */
export function giveUpWhen(login: PendingLogin, { port, redirectUri, timeout, signal }: Patience): () => void {
  const { name: provider, redirectUri: rules } = port.provider
  const late = `no callback from ${provider} at ${redirectUri} within ${timeout} ms: run the login again, and finish it in the browser`
  const abort = (): void =>
    login.giveUp(new GrantError('aborted', 'the caller aborted the login', { provider, cause: signal?.reason }))
  const stopTimer = after(port.clock, timeout, () =>
    login.giveUp(new GrantError('timeout', withHint(late, rules), { provider })),
  )
  signal?.addEventListener('abort', abort, { once: true })
  return () => {
    stopTimer()
    signal?.removeEventListener('abort', abort)
  }
}
