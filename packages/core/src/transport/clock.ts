/**
 * What time it is and how to wait, so that tests and unusual runtimes can bring their own. OAuth requests, tokens and
 * ID tokens all follow it.
 *
 * @example
 * ```ts
 * import { type Clock, Provider } from '@grantkit/core'
 *
 * const stopped: Clock = { now: () => 1_000_000, sleep: () => new Promise(() => {}) }
 * const metadata = { token_endpoint: 'https://id.acme.example/token' }
 * new Provider({ name: 'acme', metadata }, { clientId: 'my-client' }, { clock: stopped })
 * ```
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Resolves after `ms` milliseconds; rejects, or never settles, once the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** The longest delay that a timer of a JavaScript runtime keeps; a longer one fires at once. */
const longestDelay = 2 ** 31 - 1

/** Runs something after `ms` milliseconds of a clock, unless it is stopped before. */
export function after(clock: Clock, ms: number, run: () => void): () => void {
  if (clock === systemClock) {
    const timer = setTimeout(run, Math.min(ms, longestDelay)) // as `sleep` does it, at a tenth of the cost
    return () => clearTimeout(timer)
  }
  const stopped = new AbortController()
  clock.sleep(ms, stopped.signal).then(
    () => stopped.signal.aborted || run(),
    () => undefined, // it was stopped
  )
  return () => stopped.abort()
}

/** The clock of the machine. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(finish, Math.min(ms, longestDelay))
      signal?.addEventListener('abort', cancel, { once: true })
      if (signal?.aborted) cancel()

      function finish(): void {
        signal?.removeEventListener('abort', cancel)
        resolve()
      }
      function cancel(): void {
        clearTimeout(timer)
        reject(signal?.reason as Error)
      }
    }),
})
