import { Worker } from 'node:worker_threads'
import { GrantError } from '@grantkit/core'

/** A command for the lock thread. */
export interface LockOrder {
  readonly step: 'take' | 'free'
  /** The ID of a lock within the process. */
  readonly lock: number
  readonly path: string
  /** The identity of the file, which may have been replaced since the last attempt. */
  readonly file?: string | undefined
}

interface LockReply {
  /** The error of SQLite, if the step failed. */
  readonly failure?: { readonly message: string; readonly errcode?: number }
}

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * The program of the thread: a string, so that it also works in an application that is bundled into one file. No step
 * waits: if another process holds the lock, the step fails, and the caller tries again.
 */
const program = `
  const { parentPort } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const opened = new Map() // a garbage-collected connection would release its lock
  const steps = {
    take({ lock, path, file }) {
      if (opened.get(lock)?.file !== file) {
        steps.free({ lock })
        opened.set(lock, { database: new DatabaseSync(path), file })
      }
      opened.get(lock).database.exec('BEGIN IMMEDIATE')
    },
    free({ lock }) {
      opened.get(lock)?.database.close()
      opened.delete(lock)
    },
  }
  parentPort.on('message', (order) => {
    try {
      steps[order.step](order)
      parentPort.postMessage({})
    } catch ({ message, errcode }) {
      parentPort.postMessage({ failure: { message, errcode } })
    }
  })
`

const withoutWarning = '--disable-warning=ExperimentalWarning'
/** Only for a runtime that knows the option; Deno has no such warning and refuses the option. */
const quietly = process.allowedNodeEnvironmentFlags.has('--disable-warning') ? { execArgv: [withoutWarning] } : {}

/**
 * A thread that holds locks with SQLite. Node 22 prints a warning when SQLite is loaded, which only a thread can disable
 * (`execArgv`), so that a command line tool with a file store prints nothing unexpected.
 */
class LockThread {
  readonly #worker: Worker
  readonly #pending: Pending[] = []
  #failure: Error | undefined

  constructor() {
    this.#worker = new Worker(program, { eval: true, ...quietly })
    this.#worker.unref() // does not keep the process alive while nobody waits for a lock
    this.#worker.on('message', (reply: LockReply) => this.#hear(reply))
    this.#worker.on('error', (error) => this.#stop(error))
    this.#worker.on('exit', () => this.#stop(new Error('the thread has stopped')))
  }

  get stopped(): boolean {
    return this.#failure !== undefined
  }

  /** Runs a step in the thread; rejects if it fails. */
  run(order: LockOrder): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject })
      this.#worker.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage(order)
    })
  }

  /** Replies come in the order of the commands. */
  #hear({ failure }: LockReply): void {
    const pending = this.#pending.shift()
    if (this.#pending.length === 0) this.#worker.unref()
    if (failure) pending?.reject(Object.assign(new Error(failure.message), { errcode: failure.errcode }))
    else pending?.resolve()
  }

  #stop(cause: unknown): void {
    this.#failure ??= new GrantError('store_failed', 'the thread that locks files has stopped', { cause })
    for (const { reject } of this.#pending.splice(0)) reject(this.#failure)
  }
}

// Shared by all stores of the process, because a thread takes some megabytes; it holds only their locks.
let thread: LockThread | undefined

/** Runs a step in the thread, which is started if necessary. */
export function orderLock(order: LockOrder): Promise<void> {
  if (!thread || thread.stopped) thread = new LockThread()
  return thread.run(order)
}
