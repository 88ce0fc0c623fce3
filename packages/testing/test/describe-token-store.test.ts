import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { memoryStore } from '@grantkit/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeTokenStore, storeChecks, type TokenStoreFixture } from '../src/describe-token-store.ts'
import { similarKeys } from '../src/store-checks/strings.ts'
import type { Broken } from './stores/altered.ts'
import { brokenStores } from './stores/broken.ts'
import openSqlite, { type Fault, type SqliteStore } from './stores/sqlite.ts'

describeTokenStore('in memory', async () => {
  const store = memoryStore()
  return { durable: false, open: async () => store, close: async () => {} }
})

describeTokenStore('in a database', startSqlite)

/** For checks that wait for something that never happens. */
const timeout = 60_000

/** Stores whose fault shows only across processes: the check, the fault, the message of the check. */
const brokenAmongProcesses: readonly (readonly [check: string, fault: Fault, message: RegExp])[] = [
  ['only one of several processes that write over the same version succeeds', 'unlocked', /winners among 8 writers/],
  ['no update is lost when several processes write', 'unlocked', /the version of "user:42"/],
  ["a process's lease is refused to other processes until it is released", 'ownLeases', /whether a gets the lease/],
  ['all processes share one clock', 'ownClock', /the time/],
  ['a watcher is called after a write by another process', 'ownWatch', /the watcher was called after write 1/],
  ['a completed write survives when its process is killed immediately afterwards', 'early', /the version of "user:42"/],
  [
    'a process killed during a write leaves the old value or the new one, and other processes continue',
    'torn',
    /is the whole value of version 2/,
  ],
  [
    'a process killed during a write leaves the old value or the new one, and other processes continue',
    'locked',
    /another process has the lock/,
  ],
  ['the lease of a killed process expires', 'endlessLeases', /a killed process has expired/],
  ['killing processes under load does not block the others, and no update is lost', 'unlocked', /the number of writes/],
]

describe('a broken store fails', () => {
  const failures = new Map<Broken, Promise<string>>()

  beforeAll(() => {
    // All at once: some wait for seconds for something that never happens.
    for (const broken of brokenStores) failures.set(broken, failureOf(broken[0], broken[2]()))
  })

  test.concurrent.each(brokenAmongProcesses)('%s: %s', { timeout }, async (name, fault, message) => {
    const fixture = await startSqlite(fault)
    const failure = await failureOf(name, fixture)
    await fixture.close()
    await fixture.remove?.()
    expect(failure).toMatch(message)
  })

  for (const broken of brokenStores)
    test(`${broken[0]}: ${broken[1]}`, { timeout }, async () => {
      expect(await failures.get(broken)).toMatch(broken[3])
    })

  test('and every check rejects at least one', () => {
    const failed = new Set([...brokenStores, ...brokenAmongProcesses].map(([name]) => name))
    expect(failed).toEqual(new Set(storeChecks.map(({ name }) => name)))
  })
})

test('all similar keys are distinct', () => {
  expect(new Set(similarKeys).size).toBe(similarKeys.length)
})

test('a feature that a store lacks is not checked', async () => {
  const { watch: _, ...store } = memoryStore()
  const fixture = { durable: false, open: async () => store, close: async () => {} }
  const applicable = await Promise.all(storeChecks.map(async ({ applies }) => (await applies?.(fixture)) ?? true))
  expect(storeChecks.filter((_check, index) => applicable[index] === false).length).toBe(14)
})

test('a worker that cannot open the store reports why', async () => {
  const worker = { module: new URL('stores/no-such-store.ts', import.meta.url) }
  const fixture = { open: async () => memoryStore(), close: async () => {}, worker }
  expect(await failureOf('all processes share one clock', fixture)).toMatch(/no-such-store/)
})

async function startSqlite(fault?: Fault): Promise<TokenStoreFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'grantkit-'))
  const options = { path: join(folder, 'tokens.db'), fault }
  const handles: SqliteStore[] = []
  return {
    async open() {
      const store = await openSqlite(options)
      handles.push(store)
      return store
    },
    close: async () => handles.splice(0).forEach((store) => store.close()),
    remove: () => rm(folder, { recursive: true }),
    worker: { module: new URL('stores/sqlite.ts', import.meta.url), options },
  }
}

/** The message of a failed check, with the values that it compared. */
async function failureOf(name: string, fixture: TokenStoreFixture): Promise<string> {
  try {
    await storeChecks.find((check) => check.name === name)?.check(fixture)
    return 'the check passed or does not exist'
  } catch (error) {
    const { message, actual, expected } = error as Error & { actual?: unknown; expected?: unknown }
    return [message, inspect(actual), inspect(expected)].join('\n')
  }
}
