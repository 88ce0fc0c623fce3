import { Worker } from 'node:worker_threads'
import { GrantError } from '@grantkit/core'

/** What the thread is told to do with the lock of a store. */
export interface LockOrder {
  readonly step: 'take' | 'free'
  /** Tells the locks of a process apart. */
  readonly lock: number
  readonly path: string
  /** Which file stands there: another may have taken its place since the last attempt. */
  readonly file?: string | undefined
}

interface LockReply {
  /** What SQLite said, where the step failed. */
  readonly failure?: { readonly message: string; readonly errcode?: number }
}

interface Pending {
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/**
 * The program of the thread. It is a string, so that an application that is bundled into one file has it, too. No step
 * waits: what another process has locked fails, and is tried again from outside.
 */
const program = `
  const { parentPort } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const opened = new Map() // a connection that is collected as garbage would give its lock up
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
/** For a runtime that knows the option: Deno, which has no such warning, refuses what it does not know. */
const quietly = process.allowedNodeEnvironmentFlags.has('--disable-warning') ? { execArgv: [withoutWarning] } : {}

/**
 * A thread that holds locks by SQLite. It is a thread because Node 22 warns on stderr whenever SQLite is loaded, and a
 * thread can be told not to (`execArgv`): a command line tool that keeps its tokens in files prints nothing it did not mean.
 */
class LockThread {
  readonly #worker: Worker
  readonly #pending: Pending[] = []
  #ended: Error | undefined

  constructor() {
    this.#worker = new Worker(program, { eval: true, ...quietly })
    this.#worker.unref() // a process may end while nobody waits for a lock
    this.#worker.on('message', (reply: LockReply) => this.#hear(reply))
    this.#worker.on('error', (error) => this.#end(error))
    this.#worker.on('exit', () => this.#end(new Error('the thread has ended')))
  }

  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Has a step done; rejects as it failed. */
  obey(order: LockOrder): Promise<void> {
    if (this.#ended) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#pending.push({ resolve, reject })
      this.#worker.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage(order)
    })
  }

  /** Replies come in the order of what was asked. */
  #hear({ failure }: LockReply): void {
    const pending = this.#pending.shift()
    if (this.#pending.length === 0) this.#worker.unref()
    if (failure) pending?.reject(Object.assign(new Error(failure.message), { errcode: failure.errcode }))
    else pending?.resolve()
  }

  #end(cause: unknown): void {
    this.#ended ??= new GrantError('store_failed', 'the thread that locks files has ended', { cause })
    for (const { reject } of this.#pending.splice(0)) reject(this.#ended)
  }
}

// One for all stores of the process, since a thread costs some megabytes; it has nothing but their locks.
let thread: LockThread | undefined

/** Has a step done by the thread, which is started if need be. */
export function orderLock(order: LockOrder): Promise<void> {
  if (!thread || thread.ended) thread = new LockThread()
  return thread.obey(order)
}
