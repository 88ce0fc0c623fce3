import { type GrantEvent, memoryStore, Token, type TokenStore } from '@grantkit/core'
import type { Coordination } from '../../src/refresh/coordination.ts'
import { KeyState } from '../../src/refresh/key-state.ts'
import { serialise } from '../../src/refresh/record-json.ts'
import { firstRecord, type TokenRecord } from '../../src/refresh/token-record.ts'
import { someTime } from './clock.ts'

export const key = 'user:42'
export const place = { key, owner: 'acme' }
/** In milliseconds, those of a provider with a timeout of ten seconds. */
export const timings = { request: 10_000, margin: 5000, lease: 17_000 }
export const login = Token.from({ accessToken: 'at-0', refreshToken: 'rt-0', scope: ['read'] })

/** A clock on which every sleep is over at once, and that notes how long it was to be. */
export function sleeplessClock() {
  const slept: number[] = []
  let time = someTime
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms)
    time += ms
    await new Promise<void>((resolve) => setTimeout(resolve, 0)) // what else is ready goes first
  }
  return { slept, now: () => time, sleep, jump: (ms: number) => void (time += ms) }
}

/** One process at work on one key whose login is stored; what is given wins over the defaults. */
export async function process(more: Partial<Coordination> = {}) {
  const clock = sleeplessClock()
  const memory = memoryStore({ clock })
  const record = firstRecord(place, { token: login, obtainedAt: someTime, storedAt: someTime })
  await memory.compareAndSet(key, 0, { value: serialise(record) })
  const events: Omit<GrantEvent, 'provider' | 'at'>[] = []
  const coordination: Coordination = {
    ...place,
    store: memory,
    escrow: undefined,
    state: new KeyState(),
    clock,
    emit: (event) => void events.push(event),
    timings,
    obtain: async () => obtained('at-1', 'rt-1'),
    askable: false,
    believe: () => true,
    discard: () => undefined,
    random: () => 0.5,
    ...more,
  }
  const stored = async (store: TokenStore = memory) => {
    const { value } = (await store.read(key)) ?? {}
    return value === undefined ? undefined : (JSON.parse(value) as TokenRecord)
  }
  return { clock, memory, record, events, types: () => events.map(({ type }) => type), coordination, stored }
}

/** A response with a token, whose ID token is verified as told. */
export function obtained(accessToken: string, refreshToken: string | undefined, verify?: () => Promise<void>) {
  const token = Token.from({ accessToken, refreshToken, ...(verify && { extra: { id_token: 'unverified' } }) })
  const verified = async (): Promise<Token> => {
    await verify?.()
    return token
  }
  return { token, verified }
}

/** A store whose calls go to another, but for those that are given. */
export function over(store: TokenStore, own: Partial<TokenStore>): TokenStore {
  return {
    read: (at) => store.read(at),
    compareAndSet: (at, expected, write) => store.compareAndSet(at, expected, write),
    acquire: (at, owner, ttl) => store.acquire(at, owner, ttl),
    renew: (at, owner, ttl) => store.renew(at, owner, ttl),
    release: (at, owner) => store.release(at, owner),
    now: () => store.now(),
    ...own,
  }
}
