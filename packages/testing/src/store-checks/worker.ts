/**
 * What the processes of `describeTokenStore` run: they open the store and carry out commands. Merely importing this
 * module does nothing.
 *
 * @packageDocumentation
 */
/// <reference types="node" />
import { setImmediate } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { increment } from './increment.ts'
import type { Order, Reply, StoreMethod } from './order.ts'

/** The URL of this module, in the sources and in the build. */
export const workerUrl: string = import.meta.url
/** The argument that starts the worker. */
export const workerArgument = 'work-on-a-token-store'

if (process.argv[2] === workerArgument) {
  // oxlint-disable-next-line unicorn/no-process-exit -- the parent process is gone
  process.once('disconnect', () => process.exit())
  process.once('message', (order: Order) => void open(order))
}

async function open({ id, parameters: [module, options] }: Order): Promise<void> {
  try {
    const { default: openStore } = (await import(module as string)) as {
      default: (options: unknown) => Promise<TokenStore>
    }
    const store = await openStore(options)
    process.on('message', (order: Order) => void carryOut(store, order))
    reply({ id })
  } catch (error) {
    reply({ id, error: messageOf(error) })
  }
}

async function carryOut(store: TokenStore, order: Order): Promise<void> {
  const { id, death } = order
  try {
    const result = perform(store, order, (added) => reply({ id, added }))
    if (typeof death === 'number') void dieAfter(death)
    const value = await result
    if (death === 'done' && value !== false) die()
    reply({ id, value })
  } catch (error) {
    reply({ id, error: messageOf(error) })
  }
}

async function perform(
  store: TokenStore,
  { method, parameters }: Order,
  onAdded: (added: number) => void,
): Promise<unknown> {
  if (method === 'increment') {
    const [key, times, pause] = parameters as [key: string, times: number, pause: number]
    return increment(store, key, { times, pause, onAdded })
  }
  // JSON has turned undefined into null.
  const values = parameters.map((parameter) => parameter ?? undefined)
  return (store[method as StoreMethod] as (...values: readonly unknown[]) => Promise<unknown>)(...values)
}

/** Kills this process some turns of the event loop after a call began. */
async function dieAfter(turns: number): Promise<void> {
  // oxlint-disable-next-line eslint/no-await-in-loop -- one turn each
  for (let turn = 0; turn < turns; turn += 1) await setImmediate()
  die()
}

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

function reply(message: Reply): void {
  process.send?.(message)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
