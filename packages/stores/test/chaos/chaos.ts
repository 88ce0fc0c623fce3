import { setTimeout } from 'node:timers/promises'
import { openStore, type StoreAddress } from '../support/open-store.ts'
import { Fleet } from './fleet.ts'
import { Grant } from './grant.ts'
import { GrantServer } from './grant-server.ts'
import type { Step, Timings } from './messages.ts'
import { importKeys, makeKeys } from './proof.ts'

/** How many processes share a store. */
export const size = 8
/** The real timings, and shorter ones, with which the work of a killed process is taken over sooner. */
const phases = {
  peace: { timeout: 10_000, margin: 5000, reserve: 2000 },
  fire: { timeout: 2200, margin: 1300, reserve: 500 },
} satisfies Record<string, Timings>

/** A fleet on one store, with one user at a server of each kind. The tokens of the one for FAPI are bound to a key (FAPI 2.0 Security Profile §5.3.2.1). */
export class Chaos {
  readonly fleet: Fleet
  readonly strict: Grant
  readonly fapi: Grant
  readonly #server: GrantServer
  readonly #close: () => Promise<unknown>
  readonly #gates = new Map<string, { readonly step: Step; readonly reach: () => void }>()

  private constructor(server: GrantServer, fleet: Fleet, close: () => Promise<unknown>, grants: readonly Grant[]) {
    ;[this.strict, this.fapi] = grants as [Grant, Grant]
    this.#server = server
    this.fleet = fleet
    this.#close = close
    server.gate = (key, step, worker) => this.#killAtGate(key, step, worker)
    fleet.onNews((news) => {
      if ('at' in news) void this.#killAtGate(news.key, news.at, news.worker)
    })
  }

  /** Starts processes that work on the same two grants. */
  static async start(address: StoreAddress, phase: keyof typeof phases): Promise<Chaos> {
    const timings = phases[phase]
    const server = await GrantServer.start(timings.timeout)
    const keys = { strict: `strict-${phase}`, fapi: `fapi-${phase}` }
    const grants = Object.fromEntries(Object.values(keys).map((key) => [key, server.endpoint(key)]))
    const bound = await makeKeys()
    server.bind(keys.fapi, bound)
    const fleet = new Fleet({ address, grants, keys: { [keys.fapi]: bound }, timings })
    const { store, close } = await openStore(address)
    const strict = new Grant(keys.strict, 'strict', { server, fleet, store, timings })
    const dpop = await importKeys(bound)
    const fapi = new Grant(keys.fapi, 'fapi', { server, fleet, store, timings, dpop })
    await Promise.all([strict.logIn(), fapi.logIn()])
    await fleet.start(size)
    return new Chaos(server, fleet, close, [strict, fapi])
  }

  /** Kills the process that reaches a step of a refresh, and waits until another one has refreshed the token. */
  async killAt(grant: Grant, step: Step): Promise<void> {
    await new Promise<void>((reach) => {
      this.#gates.set(grant.key, { step, reach })
      this.fleet.stopAt(grant.key, step)
    })
    await grant.refreshed()
  }

  /** Kills processes at random. */
  async killAtRandom(times: number, random: () => number): Promise<void> {
    for (let n = 0; n < times; n++) {
      await setTimeout(100 + random() * 700)
      await this.fleet.until(() => this.fleet.ready.length > 0) // on a slow machine, none may be ready at the moment
      const { ready } = this.fleet
      await this.fleet.kill(ready[Math.floor(random() * ready.length)] ?? 0)
    }
    await Promise.all([this.strict.refreshed(), this.fapi.refreshed()])
  }

  async close(): Promise<void> {
    await this.fleet.close()
    this.fapi.problems.push(...this.#server.faults)
    await this.#server.close()
    await this.#close()
  }

  /** Kills the process that reached the expected step. Resolves to whether it did. */
  async #killAtGate(key: string, step: Step, worker: number): Promise<boolean> {
    const gate = this.#gates.get(key)
    if (gate?.step !== step) return false
    this.#gates.delete(key)
    await this.fleet.kill(worker)
    this.fleet.stopAt(key, undefined)
    gate.reach()
    return true
  }
}
