/** A command for a process. */
export interface Order {
  readonly id: number
  readonly method: 'open' | 'increment' | StoreMethod
  readonly parameters: readonly unknown[]
  /** When the process is killed: as soon as the call has succeeded, or some turns of the event loop after it began. */
  readonly death?: Death | undefined
}

/** A method of a store. */
export type StoreMethod = 'read' | 'compareAndSet' | 'acquire' | 'renew' | 'release' | 'now'

/** A point at which a process is killed. */
export type Death = 'done' | number

/** A message from a process: its progress, then its result. */
export interface Reply {
  readonly id: number
  readonly added?: number | undefined
  readonly value?: unknown
  readonly error?: string | undefined
}
