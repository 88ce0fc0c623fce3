import {
  type Clock,
  type GrantEvent,
  type GrantSource,
  memoryStore,
  Provider,
  type ProviderDefinition,
  type RequestSource,
  Token,
  type TokenSource,
  type TokenStore,
} from '@grantkit/core'
import { someTime, testClock, type TestClock } from './clock.ts'
import { type RotationMode, SimulatedServer } from './simulated-server.ts'

export const hour = 3_600_000

type Operation = keyof Omit<TokenStore, 'watch' | 'volatile'>

/** One process of a fleet: a provider and a source of its own, over the store that all of them share. */
export interface Process {
  readonly tokens: TokenSource
  readonly provider: Provider
  readonly events: GrantEvent[]
  readonly types: () => string[]
  /** Stops the process before an operation of its store, or once it is carried out; it goes on when resumed, if ever. */
  stopAt(
    operation: Operation,
    moment: 'before' | 'after',
    count?: number,
  ): { readonly reached: Promise<void>; resume(): void }
  /** Lets an operation of the store never respond, from the given time on that it is asked. */
  hangs(operation: Operation, count: number): void
  /** Lets the store fail in this process. */
  failing: boolean | Operation
}

/** What a process may start its source with, beside the store and the key. */
export type Started = Partial<GrantSource & RequestSource & { readonly escrow: TokenStore; readonly clock: Clock }>

/** Processes that share a store, a clock and a grant at a simulated server. */
export interface Fleet {
  readonly server: SimulatedServer
  readonly store: TokenStore
  readonly clock: TestClock
  /** Starts a process. */
  start(options?: Started, definition?: Partial<ProviderDefinition>): Process
  /** Moves the clock on in steps until something settles. */
  settle<T>(promise: Promise<T>, step?: number): Promise<T>
}

export const ended = (): Token =>
  Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', expiresAt: someTime + hour, scope: ['read'] })

/** A fleet over a store that holds a token which ends in an hour. */
export async function fleet(mode: RotationMode): Promise<Fleet> {
  const server = new SimulatedServer(mode)
  const clock = testClock()
  const store = memoryStore({ clock })
  const start: Fleet['start'] = (options = {}, definition = {}) =>
    startProcess({ server, store, clock }, options, definition)
  await start().tokens.save(ended())
  return { server, store, clock, start, settle: (promise, step = 250) => moveUntilSettled(clock, promise, step) }
}

/** A fleet whose token has just expired. */
export async function late(mode: RotationMode): Promise<Fleet> {
  const all = await fleet(mode)
  await all.clock.advance(hour)
  return all
}

async function moveUntilSettled<T>(clock: TestClock, promise: Promise<T>, step: number): Promise<T> {
  const state = { settled: false }
  const watched = promise.finally(() => (state.settled = true))
  watched.catch(() => undefined)
  for (let steps = 0; steps < 2000; steps++) {
    await new Promise((resolve) => setTimeout(resolve, 0))
    if (state.settled) return watched
    await clock.advance(step)
  }
  throw new Error('nothing settles this')
}

function startProcess(
  shared: Pick<Fleet, 'server' | 'store' | 'clock'>,
  { clock = shared.clock, ...options }: Started,
  definition: Partial<ProviderDefinition>,
): Process {
  const events: GrantEvent[] = []
  const stoppable: Clock = {
    now: () => clock.now(),
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal)
      await going
    },
  }
  const metadata = {
    token_endpoint: 'https://id.acme.example/token',
    revocation_endpoint: 'https://id.acme.example/revoke',
  }
  const provider = new Provider(
    { name: 'acme', metadata, ...definition },
    { clientId: 'cid' },
    {
      clock: stoppable,
      fetch: shared.server.fetch,
      onEvent: (event) => event.type !== 'request' && events.push(event),
    },
  )
  let going = Promise.resolve()
  const hanging: { operation: Operation; count: number }[] = []
  const stops: { operation: Operation; moment: string; count: number; reach: () => void; resumed: Promise<void> }[] = []
  const process: Process = {
    provider,
    events,
    types: () => events.map(({ type }) => type),
    failing: false,
    tokens: undefined as unknown as TokenSource,
    hangs: (operation, count) => hanging.push({ operation, count }),
    stopAt: (operation, moment, count = 1) => {
      const reached = deferred()
      const resumed = deferred()
      stops.push({ operation, moment, count, reach: reached.resolve, resumed: resumed.promise })
      return { reached: reached.promise, resume: resumed.resolve }
    },
  }
  const pass = async (operation: Operation, moment: string): Promise<void> => {
    const stop = stops.find((other) => other.operation === operation && other.moment === moment && --other.count === 0)
    if (!stop) return
    going = stop.resumed // a process that is stopped hears no alarm, either
    stop.reach()
    await stop.resumed
  }
  const operation =
    (name: Operation) =>
    async (...input: never[]): Promise<unknown> => {
      await pass(name, 'before')
      if (hanging.some((other) => other.operation === name && --other.count <= 0)) return new Promise(() => undefined)
      if (process.failing === true || process.failing === name) throw new Error('connection refused')
      const result: unknown = await Reflect.apply(shared.store[name], shared.store, input)
      await pass(name, 'after')
      return result
    }
  const names: Operation[] = ['read', 'compareAndSet', 'acquire', 'renew', 'release', 'now']
  const own = Object.fromEntries(names.map((name) => [name, operation(name)])) as unknown as TokenStore
  const tokens = provider.tokenSource({ store: own, key: 'user:42', ...options })
  return Object.assign(process, { tokens })
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve }
}
