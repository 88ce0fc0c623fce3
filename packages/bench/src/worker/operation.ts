import { inspect } from 'node:util'

/** Something that can be done again and again, to be measured. */
export interface Operation {
  /** Makes what so many runs need; this is not measured. */
  prepare?(count: number): Promise<readonly unknown[]>
  /** One run. */
  run(input: unknown): unknown
  /** What is taken off the cost of one run. */
  readonly without?: (() => unknown) | undefined
  /** Throws unless the contender does the job right, and refuses what it has to refuse. */
  verify(): Promise<void>
}

/** What is wrong with a contender, so that its figures would mean nothing. */
export function refuse(what: string): never {
  throw new Error(what)
}

/** Throws unless something rejects. */
export async function mustReject(what: string, work: () => unknown): Promise<void> {
  let result: unknown
  try {
    result = await work()
  } catch {
    return
  }
  refuse(`${what} was accepted (${inspect(result, { depth: 1 }).slice(0, 200)})`)
}
