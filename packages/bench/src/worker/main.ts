// One contender in a process of its own, which does what the benchmark asks and nothing meanwhile.
import { pathToFileURL } from 'node:url'
import type { OpenStore, Program } from '../contenders/program.ts'
import { countBytes } from './bytes.ts'
import { checkRequests } from './check-requests.ts'
import { countHeld } from './held.ts'
import { runHerd, setupFor } from './herd.ts'
import { type Operation, refuse } from './operation.ts'
import { asksOnce, openOperation, readsTokens } from './operations.ts'
import type { AnswerMessage, RequestMessage, Requests } from './protocol.ts'
import { calibrate, timeBatch } from './time.ts'

let program: Program = {}
let engine: OpenStore | undefined
/** How many keys it has. */
let filled = 0
const opened = new Map<string, Operation>()

const find = (name: string): Operation => opened.get(name) ?? refuse(`${name} is not open`)

type Handlers = {
  readonly [Name in keyof Requests]: (
    ...input: Parameters<Requests[Name]>
  ) => ReturnType<Requests[Name]> | Promise<ReturnType<Requests[Name]>>
}

const handlers: Handlers = {
  async load(path) {
    program = (await import(pathToFileURL(path).href)) as Program
    return Object.keys(program)
  },
  async open(name, base, { lanes = 1, keys } = {}) {
    const operation = await openOperation(name, program, { setup: setupFor(base), engine, keys })
    await operation.verify()
    if (asksOnce(name)) await checkRequests(operation, base, lanes)
    opened.set(name, operation)
    return readsTokens(name) ? (program.unchecked ?? []) : []
  },
  calibrate: (name, lanes, milliseconds) => calibrate(find(name), lanes, milliseconds),
  time: (name, batch) => timeBatch(find(name), batch),
  bytes: (name, batch) => countBytes(find(name), batch),
  herd: (base, scenario, callers) => runHerd(program, base, scenario, callers),
  held: (kind, count) => countHeld(program, kind, count),
  async openStore(place) {
    engine = await program.openStore?.(place)
  },
  async fill(base, keys) {
    const { fillStore } = await import('./fill-store.ts')
    await fillStore(engine ?? refuse('the store is not open'), base, { from: filled, to: keys })
    filled = keys
  },
}

async function handle({ id, name, input }: RequestMessage): Promise<AnswerMessage> {
  try {
    const value: unknown = await (handlers[name] as (...input: readonly unknown[]) => unknown)(...input)
    return { id, value }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (message) => void handle(message as RequestMessage).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
