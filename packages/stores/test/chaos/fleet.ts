import { type ChildProcess, fork } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import type { Step, WorkerNews, WorkerOrder, WorkerOrders } from './messages.ts'

/** A process of the fleet. */
interface Worker {
  readonly id: number
  readonly child: ChildProcess
  readonly exited: Promise<unknown>
  complaints: string
}

/** A message and its process. */
export type FleetNews = WorkerNews & { readonly worker: number }

/** Processes that share a store and its grants. A killed process is replaced. */
export class Fleet {
  readonly #orders: Omit<WorkerOrders, 'id'>
  readonly #workers = new Map<number, Worker>()
  readonly #stops = new Map<string, Step>()
  readonly #heard = new EventEmitter<{ news: [FleetNews] }>().setMaxListeners(0)
  /** Every process that was killed. */
  readonly killed: Set<number> = new Set()
  readonly #ready = new Set<number>()
  #started = 0
  #closing = false
  #broken: Error | undefined

  constructor(orders: Omit<WorkerOrders, 'id'>) {
    this.#orders = orders
  }

  /** Starts a number of processes and waits until they are ready. */
  async start(count: number): Promise<void> {
    await Promise.all(Array.from({ length: count }, () => this.#start()))
  }

  /** How many processes were started in total. */
  get started(): number {
    return this.#started
  }

  /** The processes that are ready. */
  get ready(): readonly number[] {
    return [...this.#workers.keys()].filter((id) => this.#ready.has(id))
  }

  onNews(hear: (news: FleetNews) => void): void {
    this.#heard.on('news', hear)
  }

  /** Waits until a condition holds; checks it after every message. */
  async until(answer: () => boolean): Promise<void> {
    while (!answer()) {
      if (this.#broken) throw this.#broken
      await once(this.#heard, 'news')
    }
  }

  /** Makes the processes stop at a step of a refresh of this key, or nowhere. */
  stopAt(key: string, step: Step | undefined): void {
    if (step) this.#stops.set(key, step)
    else this.#stops.delete(key)
    for (const { child } of this.#workers.values()) if (child.connected) child.send({ key, step } satisfies WorkerOrder)
  }

  /** Rejects everything that waits, after a failure. */
  fail(why: string): void {
    this.#broken ??= new Error(why)
    this.#heard.emit('news', { worker: 0, ready: true })
  }

  /** Kills a process and starts another one. */
  async kill(id: number): Promise<void> {
    const worker = this.#workers.get(id)
    if (!worker) return
    this.#workers.delete(id)
    this.killed.add(id)
    worker.child.kill('SIGKILL')
    await worker.exited
    void this.#start()
  }

  /** Kills all processes. */
  async close(): Promise<void> {
    this.#closing = true
    for (const { child } of this.#workers.values()) child.kill('SIGKILL')
    await Promise.all([...this.#workers.values()].map(({ exited }) => exited))
  }

  async #start(): Promise<void> {
    if (this.#closing) return
    const id = (this.#started += 1)
    const child = fork(join(import.meta.dirname, 'worker.ts'), [JSON.stringify({ ...this.#orders, id })], {
      execArgv: ['--conditions=@grantkit/source'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const worker: Worker = { id, child, complaints: '', exited: once(child, 'exit').then(() => this.#ended(worker)) }
    this.#workers.set(id, worker)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (worker.complaints += text))
    child.on('message', (news: WorkerNews) => this.#hear({ ...news, worker: id }))
    for (const [key, step] of this.#stops) child.send({ key, step } satisfies WorkerOrder)
    await this.until(() => this.#ready.has(id))
  }

  #hear(news: FleetNews): void {
    if ('ready' in news) this.#ready.add(news.worker)
    this.#heard.emit('news', news)
  }

  /** A process that exits by itself fails the test. */
  #ended({ id, complaints, child }: Worker): void {
    if (this.#closing || this.killed.has(id)) return
    this.fail(`process ${id} ended with ${child.signalCode ?? child.exitCode}: ${complaints}`)
  }
}
