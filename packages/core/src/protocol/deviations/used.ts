import type { Emit } from '../events.ts'

/** Says that a declared deviation was used, by its place in the definition. */
export type Used = (place: string) => void

/** Makes an event of each use. */
export function reporter(emit: Emit, grantType?: string): Used {
  return (deviation) => emit({ type: 'normalised', deviation, ...(grantType !== undefined && { grantType }) })
}
