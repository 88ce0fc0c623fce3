import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { StoredValue, TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import { upTo } from './check.ts'
import type { StoreWorker, TokenStoreFixture } from './fixture.ts'
import type { Increments } from './increment.ts'
import type { Death, Order, Reply } from './order.ts'
import { workerArgument, workerUrl } from './worker.ts'

/** Our sources import each other through this condition; the build does not need it. */
const condition = workerUrl.endsWith('.ts') ? ['--conditions=@grantkit/source'] : []

interface Call {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
  readonly onAdded: Increments['onAdded']
}

interface OrderOptions {
  readonly death?: Death
  readonly onAdded?: Increments['onAdded']
}

/** Another process that has opened the store. */
export class StoreProcess {
  readonly #child: ChildProcess
  readonly #calls = new Map<number, Call>()
  readonly #exited: Promise<void>
  #orders = 0
  #complaints = ''

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#complaints += text))
    child.on('error', (error) => (this.#complaints += error.message))
    child.on('message', (reply: Reply) => this.#hear(reply))
    this.#exited = new Promise((resolve) => child.once('exit', resolve)).then(() => this.#giveUp())
  }

  /** Starts the process and waits until it has opened the store. */
  static async start({ module, options, execArgv = [] }: StoreWorker): Promise<StoreProcess> {
    const child = fork(fileURLToPath(workerUrl), [workerArgument], {
      execArgv: [...condition, ...execArgv],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const process = new StoreProcess(child)
    try {
      await process.#order('open', [String(module), options])
      return process
    } catch (error) {
      await process.kill()
      throw error
    }
  }

  /** The store, as this process sees it. */
  readonly store: TokenStore = {
    read: async (key) => storedOf((await this.#order('read', [key])) as StoredValue | undefined),
    compareAndSet: (...parameters) => this.#order('compareAndSet', parameters) as Promise<boolean>,
    acquire: (...parameters) => this.#order('acquire', parameters) as Promise<boolean>,
    renew: (...parameters) => this.#order('renew', parameters) as Promise<boolean>,
    release: (...parameters) => this.#order('release', parameters) as Promise<never>,
    now: () => this.#order('now', []) as Promise<number>,
  }

  /** Increments the counter under a key, in the process itself. */
  async increment(key: string, { times, pause = 0, onAdded }: Increments): Promise<void> {
    await this.#order('increment', [key, times, pause], { onAdded })
  }

  /** Starts a call and kills the process at a certain point. Resolves to the result of the call once the process has exited. */
  async die(death: Death, method: 'compareAndSet' | 'acquire', ...parameters: readonly unknown[]): Promise<unknown> {
    const outcome = await this.#order(method, parameters, { death }).catch((error: Error) => error.message)
    await this.#exited
    return outcome
  }

  /** Kills the process, whatever it is doing. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #order(
    method: Order['method'],
    parameters: readonly unknown[],
    { death, onAdded }: OrderOptions = {},
  ): Promise<unknown> {
    const id = (this.#orders += 1)
    const order: Order = { id, method, parameters, death }
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, onAdded })
      this.#child.send(order, (error) => error && void this.#exited.then(() => this.#giveUp()))
    })
  }

  #hear({ id, added, value, error }: Reply): void {
    const call = this.#calls.get(id)
    if (added !== undefined) return call?.onAdded?.(added)
    this.#calls.delete(id)
    if (error === undefined) call?.resolve(value)
    else call?.reject(new Error(error))
  }

  #giveUp(): void {
    const { signalCode, exitCode } = this.#child
    const reason =
      signalCode === 'SIGKILL' ? killed : `the process ended: ${signalCode ?? exitCode} ${this.#complaints}`
    for (const { reject } of this.#calls.values()) reject(new Error(reason))
    this.#calls.clear()
  }
}

/** The error message of a call whose process was killed. */
export const killed = 'the process was killed'

/** Runs with a number of other processes that have opened the store, and kills them all afterwards. */
export async function withProcesses(
  { worker }: TokenStoreFixture,
  count: number,
  run: (processes: readonly StoreProcess[]) => Promise<void>,
): Promise<void> {
  if (!worker) return expect.fail('the fixture has no worker')
  const starts = await Promise.allSettled(upTo(count).map(() => StoreProcess.start(worker)))
  const processes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  try {
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    await run(processes)
  } finally {
    await Promise.all(processes.map((process) => process.kill()))
  }
}

/** Whether other processes can open the store. */
export function hasWorker({ worker }: TokenStoreFixture): boolean {
  return worker !== undefined
}

function storedOf(stored: StoredValue | undefined): StoredValue | undefined {
  return stored && { version: stored.version, value: stored.value }
}
