import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** Starts a process that locks an SQLite file until it is killed. */
export async function holdLock(path: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('lock-holder.ts', import.meta.url)), path], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

/** Waits for some turns of a timer. Resolves to false if a promise has settled by then. */
export async function isPendingAfter(turns: number, promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = () => (settled = true)
  promise.then(settle, settle)
  await new Promise<void>((resolve) => {
    let left = turns
    const timer = setInterval(() => {
      if (--left > 0) return
      clearInterval(timer)
      resolve()
    }, 1)
  })
  return !settled
}
