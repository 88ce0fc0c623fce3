import { setTimeout } from 'node:timers/promises'
import type { TokenStore } from '@grantkit/core'
import { expect } from 'vitest'
import type { TokenStoreFixture } from './fixture.ts'

/** One thing that every token store has to do. */
export interface StoreCheck {
  /** What the store does, as a sentence. */
  readonly name: string
  /** Whether the store has what the check is about; always unless given. */
  readonly applies?: (fixture: TokenStoreFixture) => boolean | Promise<boolean>
  /** Rejects when the store fails. The fixture is one where nothing was written yet; who calls closes it. */
  readonly check: (fixture: TokenStoreFixture) => Promise<void>
}

/** The life of a lease that does not end while a check runs. */
export const long = 600_000
/** The life of a lease whose end is waited for. */
export const brief = 50

/** Handles on one store, opened at the same moment, as the processes of a fleet would. */
export function openMany(fixture: TokenStoreFixture, count: number): Promise<TokenStore[]> {
  return Promise.all(Array.from({ length: count }, () => fixture.open()))
}

/** Two handles on one store. */
export async function openTwo(fixture: TokenStoreFixture): Promise<readonly [TokenStore, TokenStore]> {
  return Promise.all([fixture.open(), fixture.open()])
}

/** Writes, and insists that the store did. */
export async function write(
  store: TokenStore,
  key: string,
  expected: number,
  value: string | undefined,
): Promise<void> {
  const written = await store.compareAndSet(key, expected, { value })
  expect(written, `whether ${inShort(key)} was written over version ${expected}`).toBe(true)
}

/** Insists on what is stored under a key. */
export async function expectStored(
  store: TokenStore,
  key: string,
  version: number,
  value: string | undefined,
): Promise<void> {
  const stored = await store.read(key)
  expect(stored?.version, `the version of ${inShort(key)}`).toBe(version)
  expect(inShort(stored?.value), `the text of ${inShort(key)}`).toBe(inShort(value))
  expect(stored?.value === value, `whether ${inShort(value)} came back whole under ${inShort(key)}`).toBe(true)
}

/** Insists on who can take a lease, with one that lasts. */
export async function expectLease(store: TokenStore, key: string, owner: string, taken: boolean): Promise<void> {
  expect(await store.acquire(key, owner, long), `whether ${owner} gets the lease of ${inShort(key)}`).toBe(taken)
}

/** Asks until the answer is yes; bounded by the number of attempts, since nothing is known of the store's clock. */
export async function until(what: string, attempt: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 1_000; left > 0; left -= 1) {
    // oxlint-disable-next-line eslint/no-await-in-loop -- it is a loop that waits
    if (await attempt()) return
    // oxlint-disable-next-line eslint/no-await-in-loop -- it is a loop that waits
    await setTimeout(5)
  }
  expect.fail(`a thousand times asked, and still not so: ${what}`)
}

/** Waits until the store's clock is past a time. */
export function pass(store: TokenStore, time: number): Promise<void> {
  return until('the clock of the store goes on', async () => (await store.now()) > time)
}

/** Lets a take a lease, and waits until it is over for certain. */
export async function letEnd(store: TokenStore, key: string): Promise<void> {
  expect(await store.acquire(key, 'a', brief), 'whether a gets the lease').toBe(true)
  await pass(store, (await store.now()) + brief + 1)
}

/** Runs one step after the other. */
export async function inTurn<Item>(items: Iterable<Item>, step: (item: Item) => Promise<void>): Promise<void> {
  // oxlint-disable-next-line eslint/no-await-in-loop -- one after the other is the point
  for (const item of items) await step(item)
}

/** The numbers from 0, as many as asked for. */
export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number)
}

/** A text as a message can show it. */
export function inShort(text: unknown): string {
  if (typeof text !== 'string') return String(text)
  return text.length > 60 ? `${JSON.stringify(text.slice(0, 40))}… of ${text.length} characters` : JSON.stringify(text)
}

/** Rejects when something has not come to an end after half a minute, which is for ever. */
export async function inTime<Result>(what: string, ending: Promise<Result>): Promise<Result> {
  const ended = new AbortController()
  const never = setTimeout(30_000, undefined, { signal: ended.signal }).then(() => expect.fail(`${what} never ended`))
  try {
    return await Promise.race([ending, never])
  } finally {
    ended.abort()
  }
}
