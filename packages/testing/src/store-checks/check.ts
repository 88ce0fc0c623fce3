import { setTimeout } from 'node:timers/promises'
import type { StoredValue, TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import type { TokenStoreFixture } from './fixture.ts'

/** One rule that every token store has to follow. */
export interface StoreCheck {
  /** The rule, as a sentence. */
  readonly name: string
  /** Whether the check applies to the store. By default it does. */
  readonly applies?: (fixture: TokenStoreFixture) => boolean | Promise<boolean>
  /** Rejects when the store fails. Needs a fixture with an empty store; the caller closes it. */
  readonly check: (fixture: TokenStoreFixture) => Promise<void>
}

/** Lifetime of a lease that outlasts any check. */
export const long = 600_000
/** Lifetime of a lease whose expiry a check waits for. */
export const brief = 50

/** Several handles on one store, opened at the same time, as a fleet of processes would. */
export function openMany(fixture: TokenStoreFixture, count: number): Promise<TokenStore[]> {
  return Promise.all(Array.from({ length: count }, () => fixture.open()))
}

/** Two handles on one store. */
export async function openTwo(fixture: TokenStoreFixture): Promise<readonly [TokenStore, TokenStore]> {
  return Promise.all([fixture.open(), fixture.open()])
}

/** A write over a version. */
export interface Write {
  readonly expected: number
  readonly value: string | undefined
}

/** Writes, and expects it to succeed. */
export async function write(store: TokenStore, key: string, { expected, value }: Write): Promise<void> {
  const written = await store.compareAndSet(key, expected, { value })
  expect(written, `whether ${inShort(key)} was written over version ${expected}`).toBe(true)
}

/** Expects a version and a value under a key. */
export async function expectStored(store: TokenStore, key: string, { version, value }: StoredValue): Promise<void> {
  const stored = await store.read(key)
  expect(stored?.version, `the version of ${inShort(key)}`).toBe(version)
  expect(inShort(stored?.value), `the value of ${inShort(key)}`).toBe(inShort(value))
  expect(stored?.value === value, `whether ${inShort(value)} is complete under ${inShort(key)}`).toBe(true)
}

/** Acquires a long lease, and expects it to be granted. */
export async function expectLease(store: TokenStore, key: string, owner: string): Promise<void> {
  expect(await store.acquire(key, owner, long), `whether ${owner} gets the lease of ${inShort(key)}`).toBe(true)
}

/** Tries to acquire a lease, and expects it to be refused. */
export async function expectLeaseRefused(store: TokenStore, key: string, owner: string): Promise<void> {
  expect(await store.acquire(key, owner, long), `whether ${owner} gets the lease of ${inShort(key)}`).toBe(false)
}

/** Polls until a condition holds; bounded by attempts, because the store has a clock of its own. */
export async function until(what: string, attempt: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; left > 0; left -= 1) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- polling
    if (await attempt()) return
    // oxlint-disable-next-line eslint/no-await-in-loop -- polling
    await setTimeout(5)
  }
  expect.fail(`still not true after a thousand attempts: ${what}`)
}

/** Waits until the store's clock is past a time. */
export function pass(store: TokenStore, time: number): Promise<void> {
  return until("the store's clock advances", async () => (await store.now()) > time)
}

/** Acquires a short lease for owner a, and waits until it has certainly expired. */
export async function letExpire(store: TokenStore, key: string): Promise<void> {
  expect(await store.acquire(key, 'a', brief), 'whether a gets the lease').toBe(true)
  await pass(store, (await store.now()) + brief + 1)
}

/** Runs one step after another. */
export async function inTurn<Item>(items: Iterable<Item>, step: (item: Item) => Promise<void>): Promise<void> {
  // oxlint-disable-next-line eslint/no-await-in-loop -- sequential on purpose
  for (const item of items) await step(item)
}

/** The numbers from 0 to `count` - 1. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number)
}

/** A value, shortened for a message. */
export function inShort(value: unknown): string {
  if (typeof value !== 'string') return String(value)
  return value.length > 60
    ? `${JSON.stringify(value.slice(0, 40))}… of ${value.length} characters`
    : JSON.stringify(value)
}

/** Rejects when something takes longer than half a minute. */
export async function inTime<Result>(what: string, ending: Promise<Result>): Promise<Result> {
  const ended = new AbortController()
  const never = setTimeout(30_000, undefined, { signal: ended.signal }).then(() =>
    expect.fail(`${what} never finished`),
  )
  try {
    return await Promise.race([ending, never])
  } finally {
    ended.abort()
  }
}
