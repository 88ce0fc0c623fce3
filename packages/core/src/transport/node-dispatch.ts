import type { Readable } from 'node:stream'
import { type NamedHeaders, RawHeaders } from './node-headers.ts'

/** What undici sends. */
interface Options {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array | Readable | null
}

/** As much as is used of the client behind Node's `fetch` (https://undici.nodejs.org/#/docs/api/Dispatcher). */
interface Dispatcher {
  dispatch(options: Options, receiver: Receiver): boolean
}

/** Steers a request that is under way. */
interface Controller {
  abort(reason: Error): void
  pause?(): void
  resume?(): void
}

const symbols = [Symbol.for('undici.globalDispatcher.2'), Symbol.for('undici.globalDispatcher.1')]

/** The client behind Node's `fetch`, looked up each time, so that a proxy or a mock that is set later is used; undefined where there is none. */
export function dispatcher(): Dispatcher | undefined {
  if (typeof Response !== 'function') return undefined // to touch it loads the client
  const found = symbols.map((symbol) => Reflect.get(globalThis, symbol) as Partial<Dispatcher> | undefined)
  return found.find((client): client is Dispatcher => typeof client?.dispatch === 'function')
}

/**
 * Receives one answer. Node 22 calls a receiver by other names than later releases do: both sets are here, and both lead
 * to the four methods that a subclass has.
 */
export abstract class Receiver {
  #controller: Controller | undefined
  #signal: AbortSignal | null | undefined
  #stop: (() => void) | undefined

  constructor(signal: AbortSignal | null | undefined) {
    this.#signal = signal
  }

  protected abstract started(status: number, headers: RawHeaders, statusText: string): void
  /** Returns false to be left alone until `resume`. */
  protected abstract received(chunk: Uint8Array): boolean
  protected abstract ended(): void
  protected abstract failed(error: unknown): void

  /** Sends a request and receives its answer. */
  dispatch(options: Options): void {
    try {
      this.#signal?.throwIfAborted()
      const client = dispatcher()
      if (!client) throw new TypeError('the client behind the fetch of Node is gone')
      client.dispatch(options, this)
    } catch (error) {
      this.failed(error)
    }
  }

  /** Gives the answer up. */
  protected abort(reason: unknown): void {
    this.#controller?.abort(reason as Error)
  }

  /** Goes on after `received` has returned false. */
  protected resume(): void {
    this.#controller?.resume?.()
  }

  protected get signal(): AbortSignal | null | undefined {
    return this.#signal
  }

  #connect(controller: Controller): void {
    this.#controller = controller
    const signal = this.#signal
    if (!signal || this.#stop) return
    this.#stop = () => this.abort(signal.reason)
    signal.addEventListener('abort', this.#stop, { once: true })
    if (signal.aborted) this.#stop()
  }

  #release(): void {
    if (this.#stop) this.#signal?.removeEventListener('abort', this.#stop)
  }

  // Node 24 and later

  onRequestStart(controller: Controller): void {
    this.#connect(controller)
  }

  onResponseStart(_controller: Controller, status: number, headers: NamedHeaders, statusText = ''): void {
    if (status >= 200) this.started(status, new RawHeaders(headers), statusText)
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (!this.received(chunk)) controller.pause?.()
  }

  onResponseEnd(): void {
    this.#release()
    this.ended()
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.#release()
    this.failed(error)
  }

  // Node 22

  onConnect(abort: (reason?: Error) => void): void {
    this.#connect({ abort })
  }

  onHeaders(status: number, raw: readonly Uint8Array[], resume: () => void, statusText = ''): boolean {
    if (this.#controller) this.#controller.resume = resume
    if (status >= 200) this.started(status, new RawHeaders(raw), statusText)
    return true
  }

  onData(chunk: Uint8Array): boolean {
    return this.received(chunk)
  }

  onComplete(): void {
    this.onResponseEnd()
  }

  onError(error: Error): void {
    this.#release()
    this.failed(error)
  }
}
