import { type Contender, contenderOf, contenders } from '../contenders/catalogue.ts'
import { oneByOne } from '../one-by-one.ts'
import { type Built, buildProcesses } from './build.ts'
import { Child } from './child.ts'

/** The heap of a process in which bytes are counted: nothing is collected while it fills up. */
const countingFlags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128']

/** A contender in a process of its own, loaded. */
export interface Member {
  readonly contender: Contender
  readonly child: Child
  /** What its module exports. */
  readonly can: readonly string[]
}

/** The processes of a run: the server, and one for each contender, all of them alive and one of them active at a time. */
export class Crew {
  readonly built: Built
  readonly #servers: Child[] = []
  readonly #members = new Map<string, Member>()
  #bases: readonly string[] = []

  private constructor(built: Built) {
    this.built = built
  }

  /** Builds everything and starts the server. */
  static async assemble(built?: Built): Promise<Crew> {
    const crew = new Crew(built ?? (await buildProcesses(contenders.map(({ program }) => program))))
    crew.#bases = await crew.startServer(contenders.length)
    return crew
  }

  /** Starts a further server, which listens on so many ports; resolves to their origins. */
  async startServer(ports: number): Promise<readonly string[]> {
    const server = new Child(this.built.server, [String(ports)])
    this.#servers.push(server)
    const listening = (await server.firstMessage()) as readonly number[]
    return listening.map((port) => `http://127.0.0.1:${port}`)
  }

  /** The origin of the server for a contender. Each has a port of its own, so that none uses up the ports of another. */
  baseOf(id: string): string {
    return this.#bases[contenders.findIndex((contender) => contender.id === id)] as string
  }

  /** The process of a contender: for the time of its runs, or for their bytes. */
  async member(id: string, purpose: 'time' | 'bytes' = 'time'): Promise<Member> {
    const name = `${id} ${purpose}`
    const member = this.#members.get(name) ?? (await this.recruit(id, purpose === 'bytes' ? countingFlags : []))
    this.#members.set(name, member)
    return member
  }

  /** A new process of a contender, for one job alone. */
  async recruit(id: string, flags: readonly string[] = []): Promise<Member> {
    const contender = contenderOf(id)
    const child = new Child(this.built.worker, [], flags)
    const can = await child.request('load', this.programOf(contender))
    return { contender, child, can }
  }

  /** Ends the process of a contender; the next job gets a new one. */
  async dismiss(id: string, purpose: 'time' | 'bytes' = 'time'): Promise<void> {
    const name = `${id} ${purpose}`
    await this.#members.get(name)?.child.stop()
    this.#members.delete(name)
  }

  /** The built module of a contender. */
  programOf({ program }: Contender): string {
    const file = this.built.programs.get(program)
    if (file === undefined) throw new Error(`${program} was not built`)
    return file
  }

  /** Ends every process. */
  async disband(): Promise<void> {
    await oneByOne([...this.#members.values()], ({ child }) => child.stop())
    await oneByOne(this.#servers, (server) => server.stop())
  }
}
