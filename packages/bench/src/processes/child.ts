import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { AnswerMessage, RequestMessage, Requests } from '../worker/protocol.ts'

/** A process ended before it answered. */
export class ProcessDied extends Error {}

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

/** A process of the benchmark, which answers one request after the other. */
export class Child {
  readonly #process: ChildProcess
  readonly #waiting = new Map<number, Waiting>()
  #last = 0
  #complaints = ''

  constructor(file: string, input: readonly string[] = [], flags: readonly string[] = []) {
    this.#process = fork(file, input, {
      execArgv: [...flags],
      env: { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#process.stderr?.on('data', (text: Buffer) => {
      this.#complaints = (this.#complaints + text.toString()).slice(-2000)
    })
    this.#process.on('message', (message) => this.#settle(message as AnswerMessage))
    this.#process.once('exit', (code, signal) => this.#end(code ?? signal))
  }

  /** The first message that the process sends by itself. */
  async firstMessage(): Promise<unknown> {
    const [message] = (await once(this.#process, 'message')) as [unknown]
    return message
  }

  /** Asks for something. Rejects with `ProcessDied`, or with what the process says went wrong. */
  request<Name extends keyof Requests>(
    name: Name,
    ...input: Parameters<Requests[Name]>
  ): Promise<ReturnType<Requests[Name]>> {
    const id = ++this.#last
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      if (this.#process.connected) this.#process.send({ id, name, input } satisfies RequestMessage)
      else this.#end('it had ended before')
    })
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGKILL')
    await ended
  }

  #settle({ id, value, error }: AnswerMessage): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (error === undefined) waiting?.resolve(value)
    else waiting?.reject(new Error(error))
  }

  #end(how: string | number | null): void {
    const error = new ProcessDied(`the process ended (${how}) ${this.#complaints.trim()}`)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
