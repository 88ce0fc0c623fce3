/** What a process is asked to do. */
export interface Order {
  readonly id: number
  readonly method: 'open' | 'increment' | StoreMethod
  readonly parameters: readonly unknown[]
  /** When it is to be killed: as soon as the call has done what it should, or so many turns of the event loop after its begin. */
  readonly death?: Death | undefined
}

/** What a store is asked. */
export type StoreMethod = 'read' | 'compareAndSet' | 'acquire' | 'renew' | 'release' | 'now'

/** A point at which a process is killed. */
export type Death = 'done' | number

/** What a process answers: how far it is, then how it ended. */
export interface Reply {
  readonly id: number
  readonly added?: number | undefined
  readonly value?: unknown
  readonly error?: string | undefined
}
