import type { StorePlace } from '../contenders/program.ts'
import type { HerdScenario } from '../server/herd-scene.ts'
import type { Bytes } from './bytes.ts'
import type { HeldKind } from './held.ts'
import type { HerdOutcome } from './herd.ts'
import type { OperationName } from './operations.ts'
import type { Batch, Cost } from './time.ts'

/** How an operation is opened. */
export interface OpenOptions {
  /** How many are going to run at once. */
  readonly lanes?: number
  /** How many keys a store has. */
  readonly keys?: number
}

/** What a worker is asked for, and what it answers with. */
export interface Requests {
  /** Loads a contender; resolves to what it can do. */
  load(program: string): readonly string[]
  /** Opens an operation, and verifies it. Resolves to the flaws that it cannot see. */
  open(operation: OperationName, base: string, options?: OpenOptions): readonly string[]
  /** How many runs take so many milliseconds. */
  calibrate(operation: OperationName, lanes: number, milliseconds: number): number
  time(operation: OperationName, batch: Batch): Cost
  bytes(operation: OperationName, batch: Batch): Bytes
  herd(base: string, scenario: HerdScenario, callers: number): HerdOutcome
  held(kind: HeldKind, count: number): number
  openStore(place: StorePlace): void
  /** Stores strings until there are so many keys. */
  fill(base: string, keys: number): void
}

/** One request on its way to a worker. */
export interface RequestMessage {
  readonly id: number
  readonly name: keyof Requests
  readonly input: readonly unknown[]
}

/** Its answer: a value, or what went wrong. */
export interface AnswerMessage {
  readonly id: number
  readonly value?: unknown
  readonly error?: string
}
