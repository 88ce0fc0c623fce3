import type { StoreAddress } from '../support/open-store.ts'

/** Where a process may be killed, in the order in which a refresh comes by. */
export const steps = [
  'leased', // it has the lease
  'noted', // it has written down that it will send
  'sending', // it is about to send
  'arrived', // its request has arrived, and the server has done nothing
  'rotated', // the server has rotated, and has not answered
  'answered', // it has the answer
  'storing', // it is about to store the new token
  'stored', // it has stored it
  'released', // it has given the lease back
] as const

/** A point at which a process may be killed. */
export type Step = (typeof steps)[number]

/** The steps between the rotation and the write, after which nobody has the live refresh token. */
export const window: readonly Step[] = ['rotated', 'answered', 'storing']

/** What a process is started with. */
export interface WorkerOrders {
  readonly id: number
  readonly address: StoreAddress
  /** The token endpoints, by the keys of the grants. */
  readonly grants: Readonly<Record<string, string>>
  readonly timings: Timings
}

/** The deadline of a token request, and what the coordinator adds to it, in milliseconds. */
export interface Timings {
  readonly timeout: number
  readonly margin: number
  readonly reserve: number
}

/** What a process is told: where to stop in a refresh of a key, or to go on. */
export interface WorkerOrder {
  readonly key: string
  readonly step: Step | undefined
}

/** What a process tells. */
export type WorkerNews =
  | { readonly ready: true }
  | { readonly key: string; readonly at: Step }
  | { readonly key: string; readonly stored: string }
  | { readonly key: string; readonly token: string; readonly expiresAt: number }
  | { readonly key: string; readonly error: string; readonly message: string }
