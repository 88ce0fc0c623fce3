import { compared } from '../contenders/catalogue.ts'
import type { Figure } from '../measure/statistics.ts'
import type { Crew } from '../processes/crew.ts'

/** What was measured of one contender in one job, by what it is. */
export type Values = Readonly<Record<string, Figure | number | boolean | string | undefined>>

/** One line of the table of a job. */
export interface Row {
  /** The contender. */
  readonly id: string
  readonly title: string
  readonly values: Values
  /** What has to be known to read the figures. */
  readonly note?: string | undefined
}

/** One column: which value, under which heading, with how many digits. */
export interface Column {
  readonly key: string
  readonly heading: string
  readonly digits?: number
}

/** What a job has found out. */
export interface JobResult {
  readonly id: string
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly Row[]
  readonly note?: string | undefined
}

/** How thoroughly a run measures. */
export interface Pace {
  /** Whether everyone takes part, or only those that the goals compare. */
  readonly everyone: boolean
  /** Rounds in which every contender has its turn. */
  readonly rounds: number
  /** Milliseconds of one turn. */
  readonly milliseconds: number
  /** Milliseconds of CPU, four times over, for which everything runs before it is measured, so that its code is compiled. */
  readonly warmUp: number
  /** Whether bytes are counted. */
  readonly bytes: boolean
  /** How often a process is started to be measured. */
  readonly starts: number
  /** How often a herd is let loose on each contender. */
  readonly herds: number
  /** How many callers are in it. */
  readonly callers: number
  /** How many tokens are held at once. */
  readonly held: number
  /** How many logins there are at once. */
  readonly logins: readonly number[]
  /** How many keys there are in a store. */
  readonly keys: readonly number[]
}

/** A figure for every goal, in three minutes. */
export const usual: Pace = {
  everyone: false,
  rounds: 15,
  milliseconds: 60,
  warmUp: 250,
  bytes: false,
  starts: 15,
  herds: 1,
  callers: 1000,
  held: 20_000,
  logins: [1, 10, 100, 1000, 10_000],
  keys: [10, 100, 1000, 10_000, 100_000],
}

/** Figures to publish: every job with everyone, bytes included. */
export const thorough: Pace = { ...usual, everyone: true, rounds: 7, warmUp: 400, bytes: true, starts: 9, herds: 3 }

/** Each job once, to see that it still runs. */
export const brief: Pace = {
  everyone: true,
  rounds: 1,
  milliseconds: 10,
  warmUp: 10,
  bytes: false,
  starts: 1,
  herds: 1,
  callers: 100,
  held: 1000,
  logins: [1, 100],
  keys: [10, 100],
}

/** Those of some contenders that take part at a pace. */
export function taking<Id extends string>(ids: readonly Id[], { everyone }: Pace): readonly Id[] {
  return everyone ? ids : ids.filter((id) => compared.includes(id))
}

/** Something to be found out about everyone who can do it. */
export interface Job {
  readonly id: string
  readonly title: string
  run(crew: Crew, pace: Pace): Promise<JobResult | readonly JobResult[]>
}
