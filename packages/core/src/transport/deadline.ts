import { copyOf, GrantError } from '../errors/grant-error.ts'
import { after, type Clock } from './clock.ts'

/** How long some work may take. */
export interface Deadline {
  readonly clock: Clock
  /** Milliseconds. */
  readonly timeout: number
  /** The caller's own signal. */
  readonly signal?: AbortSignal | undefined
  /** What is wrong when the time is over, for the message. */
  readonly late: string
  /** The provider that is waited for. */
  readonly provider?: string | undefined
}

/**
 * Runs some work under one deadline and the caller's signal. The work gets a signal that aborts for either, and the
 * returned promise settles then even if the work ignores it. Rejects with `timeout`, or with `aborted`.
 */
export function withDeadline<T>(
  { clock, timeout, signal: caller, late, provider }: Deadline,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    refuseAborted(caller)
    const controller = new AbortController()
    const end = (error: GrantError): void => {
      stopWatching()
      reject(error)
      controller.abort(error)
    }
    const stop = (): void => end(aborted(caller))
    const stopTimer = after(clock, timeout, () =>
      end(new GrantError('timeout', `${late} within ${timeout} ms`, { provider })),
    )
    const stopWatching = (): void => {
      stopTimer()
      caller?.removeEventListener('abort', stop)
    }
    caller?.addEventListener('abort', stop, { once: true })
    work(controller.signal).then(resolve, reject).then(stopWatching, reject)
  })
}

/** Throws `aborted` when the caller has given up before anything was begun. */
export function refuseAborted(caller: AbortSignal | undefined): void {
  if (caller?.aborted) throw aborted(caller)
}

/** Waits for work that others wait for, too: an abort detaches this caller and leaves the work alone, and each caller gets its own copy of an error. */
export async function joined<T>(work: Promise<T>, caller?: AbortSignal): Promise<T> {
  refuseAborted(caller)
  const detach = new AbortController()
  const stop = (): void => detach.abort(aborted(caller))
  caller?.addEventListener('abort', stop, { once: true })
  try {
    return await (caller ? untilAborted(work, detach.signal) : work)
  } catch (error) {
    throw error instanceof GrantError ? copyOf(error) : error
  } finally {
    caller?.removeEventListener('abort', stop)
  }
}

/** Settles as the work does, or rejects with the reason of the signal, whichever is first: for work that ignores the signal. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

function aborted(caller: AbortSignal | undefined): GrantError {
  return new GrantError('aborted', 'the caller aborted the request', { cause: caller?.reason })
}
