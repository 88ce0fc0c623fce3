/**
 * What a process runs that `describeTokenStore` starts: it opens the store, and does with it what it is told. It does
 * nothing where it is merely imported.
 *
 * @packageDocumentation
 */
/// <reference types="node" />
import { setImmediate } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { increment } from './increment.ts'
import type { Order, Reply, StoreMethod } from './order.ts'

/** Where this module is, in the sources and in what is built of them. */
export const workerUrl: string = import.meta.url
/** The argument that makes a process of it. */
export const workerArgument = 'work-on-a-token-store'

if (process.argv[2] === workerArgument) {
  // oxlint-disable-next-line unicorn/no-process-exit -- nobody is left to work for
  process.once('disconnect', () => process.exit())
  process.once('message', (order: Order) => void open(order))
}

async function open({ id, parameters: [module, options] }: Order): Promise<void> {
  try {
    const { default: openStore } = (await import(module as string)) as {
      default: (options: unknown) => Promise<TokenStore>
    }
    const store = await openStore(options)
    process.on('message', (order: Order) => void obey(store, order))
    reply({ id })
  } catch (error) {
    reply({ id, error: messageOf(error) })
  }
}

async function obey(store: TokenStore, { id, method, parameters, death }: Order): Promise<void> {
  try {
    const result = perform(store, method, parameters, (added) => reply({ id, added }))
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
  method: Order['method'],
  parameters: Order['parameters'],
  onAdded: (added: number) => void,
): Promise<unknown> {
  if (method === 'increment') {
    const [key, times, pause] = parameters as [key: string, times: number, pause: number]
    return increment(store, key, times, { pause, onAdded })
  }
  // An undefined value has become null on its way here.
  const values = parameters.map((parameter) => parameter ?? undefined)
  return (store[method as StoreMethod] as (...values: readonly unknown[]) => Promise<unknown>)(...values)
}

/** Dies so many turns of the event loop after a call was begun. */
async function dieAfter(turns: number): Promise<void> {
  // oxlint-disable-next-line eslint/no-await-in-loop -- each is a turn
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
