import type { StoreAddress } from '../support/open-store.ts'
import type { ExportedKeys } from './proof.ts'

/** The steps at which a process may be killed, in the order of a refresh. */
export const steps = [
  'leased', // it holds the lease
  'noted', // it has stored that it is about to send
  'sending', // it is about to send
  'arrived', // its request has arrived, but the server has not handled it
  'rotated', // the server has rotated but not responded
  'answered', // it has the response
  'storing', // it is about to store the new token
  'stored', // it has stored it
  'released', // it has released the lease
] as const

/** A point at which a process may be killed. */
export type Step = (typeof steps)[number]

/** The steps between the rotation and the write: a process killed there loses the valid refresh token. */
export const window: readonly Step[] = ['rotated', 'answered', 'storing']

/** The start options of a process. */
export interface WorkerOrders {
  readonly id: number
  readonly address: StoreAddress
  /** The token endpoints by the keys of the grants. */
  readonly grants: Readonly<Record<string, string>>
  /** The key pairs of the fleet, by the keys of the grants whose tokens are bound to one. */
  readonly keys: Readonly<Record<string, ExportedKeys>>
  readonly timings: Timings
}

/** The deadline of a token request, and what the coordinator adds to it, in milliseconds. */
export interface Timings {
  readonly timeout: number
  readonly margin: number
  readonly reserve: number
}

/** A command: stop at a step of a refresh of a key, or continue. */
export interface WorkerOrder {
  readonly key: string
  readonly step: Step | undefined
}

/** A report of a process. */
export type WorkerNews =
  | { readonly ready: true }
  | { readonly key: string; readonly at: Step }
  | { readonly key: string; readonly stored: string }
  | { readonly key: string; readonly token: string; readonly expiresAt: number }
  | { readonly key: string; readonly error: string; readonly message: string }
