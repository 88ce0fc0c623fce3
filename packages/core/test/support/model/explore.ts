import type { ServerKind } from './family.ts'
import { Life } from './life.ts'
import { allMoves, type Move, movesOf } from './moves.ts'
import { type Making, participant } from './participant.ts'
import { isOver, type Loss, lossOf, problemsOf } from './verdict.ts'
import { WorldKeys } from './world-key.ts'
import { type Faults, firstWorld, type World } from './world.ts'

/** What is explored. */
export interface Setting extends Omit<Making, 'remembers'> {
  readonly processes: number
  readonly server: ServerKind
  /** How often each fault may happen; never, unless given. */
  readonly faults: Partial<Faults>
  /** How many worlds are looked at, at most. */
  readonly limit?: number | undefined
  /** What to look for; anything that must not be, unless given. */
  readonly seeking?: string | undefined
  /** Whether worlds are told apart that cannot differ in how they end, to see that they do not. */
  readonly thorough?: boolean | undefined
}

/** What was found. */
export interface Findings {
  /** Different worlds, and those among them in which all is over. */
  readonly worlds: number
  readonly endings: number
  /** How often each kind of loss is among the endings. */
  readonly losses: Readonly<Record<Loss, number>>
  /** How often the processes ended so, and the grant with them. */
  readonly ends: Readonly<Record<string, number>>
  /** The first thing that must not be, and how it came about. */
  readonly problem: { readonly what: string; readonly story: readonly string[] } | undefined
  /** Different histories for which the real code was run. */
  readonly histories: number
  /** The longest way from the beginning. */
  readonly depth: number
  /** Whether every world was looked at. */
  readonly complete: boolean
}

interface Frame {
  readonly moves: readonly Move[]
  next: number
}

/** Goes through all that can happen, depth first, until there is nothing new or something is wrong. */
export async function explore(setting: Setting): Promise<Findings> {
  const { defect, watches, processes, server, faults, thorough = false } = setting
  const names = Array.from({ length: processes }, (_, index) => `process-${index}`)
  const programs = names.map((name) => participant(name, { defect, watches, remembers: thorough }))
  const lives = await Promise.all(programs.map((program) => Life.of(program, { thorough })))
  const exploration = new Exploration(lives, setting)
  await exploration.run(firstWorld(server, faults, lives))
  return exploration.findings()
}

class Exploration {
  readonly #lives: readonly Life[]
  readonly #setting: Setting
  readonly #keys = new WorldKeys()
  readonly #seen = new Set<string>()
  readonly #path: Frame[] = []
  readonly #losses: Record<Loss, number> = { crash: 0, response: 0, pause: 0, late: 0, other: 0 }
  readonly #ends: Record<string, number> = {}
  #untouched: World['faults'] | undefined
  #endings = 0
  #depth = 0
  #problem: Findings['problem']

  constructor(lives: readonly Life[], setting: Setting) {
    this.#lives = lives
    this.#setting = setting
  }

  async run(first: World): Promise<void> {
    const { limit = Infinity } = this.#setting
    this.#untouched = first.faults
    this.#look(first)
    for (let frame = this.#path.at(-1); frame && !this.#problem; frame = this.#path.at(-1)) {
      if (this.#seen.size >= limit) return
      const move = frame.moves[frame.next++]
      if (!move) {
        this.#path.pop()
        continue
      }
      const world = move.make()
      this.#look(world instanceof Promise ? await world : world)
    }
  }

  findings(): Findings {
    return {
      worlds: this.#seen.size,
      endings: this.#endings,
      losses: this.#losses,
      ends: this.#ends,
      problem: this.#problem,
      histories: this.#lives.reduce((sum, { moments }) => sum + moments, 0),
      depth: this.#depth,
      complete: this.#path.length === 0,
    }
  }

  #look(world: World): void {
    const key = this.#keys.keyOf(world)
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    const { thorough, seeking } = this.#setting
    const moves = (thorough ? allMoves : movesOf)(world, this.#lives)
    const problems = problemsOf(world, moves.length, world.faults === this.#untouched)
    const what = problems.find((problem) => seeking === undefined || problem === seeking)
    if (what !== undefined) this.#problem = { what, story: this.#path.map(stepOf) }
    if (isOver(world)) this.#note(world)
    else this.#path.push({ moves, next: 0 })
    this.#depth = Math.max(this.#depth, this.#path.length)
  }

  #note(world: World): void {
    const loss = lossOf(world)
    const ends = world.processes.map(({ moment }) => (moment.end ? (moment.end.error ?? 'token') : 'dead'))
    const name = `${ends.toSorted().join(', ')}${loss ? `: lost, ${loss}` : ''}`
    this.#ends[name] = (this.#ends[name] ?? 0) + 1
    this.#endings += 1
    if (loss) this.#losses[loss] += 1
  }
}

function stepOf({ moves, next }: Frame): string {
  return moves[next - 1]?.name ?? ''
}
