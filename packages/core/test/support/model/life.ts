import type { Numbered } from './numbering.ts'
import type { End, Operation, Outcome, Pending } from './operation.ts'
import { type Program, Run } from './run.ts'

/** A point in the life of a process: it has seen so much, and so it waits for this. */
export interface Moment {
  readonly number: number
  readonly awaited: readonly Awaited[]
  readonly end: End | undefined
  /** The refresh token that it has told the server to end. */
  readonly discarded: string | undefined
  readonly watching: boolean
}

/** An operation that a process waits for. */
export interface Awaited extends Pending {
  /** Tells it from every other one that any run of this process waits for. */
  readonly name: number
}

interface Known extends Moment {
  readonly seen: readonly (readonly [id: number, outcome: Outcome])[]
  /** How often it has waited for others. */
  readonly waits: number
  readonly next: Map<number, Known>
  /** A run that stands here, and can go on once. */
  run: Run | undefined
}

/** More than there are outcomes in any exploration. */
const outcomes = 2 ** 24

/**
 * All lives that one process can have. The program does what it does because of what it has seen and for no other
 * reason, so the real code is run once for each history, again from its start where the run has moved on.
 */
export class Life {
  readonly #program: Program
  readonly #thorough: boolean
  readonly #beginnings = new Map<string, Known>()
  #moments = 0
  #names = 0
  readonly start: Moment

  private constructor(program: Program, thorough: boolean, run: Run) {
    this.#program = program
    this.#thorough = thorough
    this.start = this.#moment(run)
  }

  /**
   * Histories are told apart only as far as a process remembers them: when it waits for others, or is about to take the
   * lease, that is how often it has waited. With `thorough`, all of them are told apart.
   */
  static async of(program: Program, { thorough }: { readonly thorough: boolean }): Promise<Life> {
    return new Life(program, thorough, await Run.start(program))
  }

  /** How many different moments were reached. */
  get moments(): number {
    return this.#moments
  }

  /** What follows a moment once an operation has this outcome; a promise where the code has to be run to know. */
  after(moment: Moment, id: number, outcome: Numbered<Outcome>): Moment | Promise<Moment> {
    return (moment as Known).next.get(id * outcomes + outcome.number) ?? this.#live(moment as Known, id, outcome)
  }

  async #live(moment: Known, id: number, { number, value }: Numbered<Outcome>): Promise<Moment> {
    const run = moment.run ?? (await this.#again(moment))
    moment.run = undefined
    await run.settle(id, value)
    const lived = this.#moment(run, moment, [id, value])
    const next = this.#thorough ? lived : await this.#merged(lived)
    moment.next.set(id * outcomes + number, next)
    return next
  }

  /** The same life once more, up to a moment. */
  async #again({ seen }: Known): Promise<Run> {
    const run = await Run.start(this.#program)
    for (const [id, outcome] of seen) await run.settle(id, outcome)
    return run
  }

  #moment(run: Run, before?: Known, saw?: Known['seen'][number]): Known {
    const { pending, end, discarded, watching } = run
    const name = (id: number) => before?.awaited.find((other) => other.id === id)?.name ?? this.#names++
    return {
      number: this.#moments++,
      awaited: pending.map(({ id, operation }) => ({ id, operation, name: name(id) })),
      end,
      discarded,
      watching,
      seen: before && saw ? [...before.seen, saw] : [],
      waits: (before?.waits ?? 0) + Number(before !== undefined && onlyOperation(before)?.kind === 'sleep'),
      next: new Map(),
      run: end ? undefined : run,
    }
  }

  /** The first moment that was like this one, as far as the process remembers. */
  async #merged(lived: Known): Promise<Known> {
    const operation = onlyOperation(lived)
    const own = [lived.waits, lived.watching, lived.discarded]
    if (operation?.kind === 'release') return this.#first(`release ${await this.#afterRelease(lived)}`, lived)
    const begins = operation?.kind === 'sleep' || operation?.kind === 'acquire'
    return begins ? this.#first(JSON.stringify([operation, ...own]), lived) : lived
  }

  /** Giving the lease back has one outcome, so what comes then is what matters. */
  async #afterRelease(lived: Known): Promise<number> {
    const [release] = lived.awaited
    return (await this.after(lived, release?.id ?? 0, { number: 0, value: { value: true } })).number
  }

  #first(key: string, lived: Known): Known {
    const first = this.#beginnings.get(key) ?? lived
    this.#beginnings.set(key, first)
    return first
  }
}

function onlyOperation({ awaited: [only, ...others] }: Moment): Operation | undefined {
  return others.length === 0 ? only?.operation : undefined
}
