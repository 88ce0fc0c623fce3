import vectors from '../vectors.json' with { type: 'json' }

/** One published test vector. */
export interface Vector {
  readonly name: string
  readonly source: string
  readonly input: Readonly<Record<string, unknown>>
  readonly expected: unknown
}

/** The vectors whose name begins so; there has to be at least one. */
export function vectorsOf(prefix: string): readonly Vector[] {
  const found = (vectors as readonly Vector[]).filter(({ name }) => name.startsWith(prefix))
  if (found.length === 0) throw new Error(`no vector begins with "${prefix}"`)
  return found
}
