import type { Emit } from '../events.ts'

/** Reports that a declared deviation was used, by its field in the definition. */
export type Used = (place: string) => void

/** When a response is read, in milliseconds since the epoch, and where to report the deviations that it needed. */
export interface Reading {
  readonly now: number
  readonly used: Used
}

/** Makes an event of each use. */
export function reporter(emit: Emit, grantType?: string): Used {
  return (deviation) => emit({ type: 'normalised', deviation, ...(grantType !== undefined && { grantType }) })
}
