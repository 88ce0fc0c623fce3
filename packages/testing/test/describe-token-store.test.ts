import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { memoryStore } from '@grantkit/core'
import { beforeAll, describe, expect, test } from 'vitest'
import { describeTokenStore, storeChecks, type TokenStoreFixture } from '../src/describe-token-store.ts'
import { similarKeys } from '../src/store-checks/texts.ts'
import type { Broken } from './stores/altered.ts'
import { brokenStores } from './stores/broken.ts'
import openSqlite, { type Fault, type SqliteStore } from './stores/sqlite.ts'

describeTokenStore('in memory', async () => {
  const store = memoryStore()
  return { durable: false, open: async () => store, close: async () => {} }
})

describeTokenStore('in a database', startSqlite)

/** For checks that wait for what does not come. */
const timeout = 60_000

/** Stores that only other processes, or their end, show to be broken: the check, the fault, what the check says. */
const brokenAmongProcesses: readonly (readonly [check: string, fault: Fault, message: RegExp])[] = [
  ['of processes that write over the same version at once, one does', 'unlocked', /those of 8 writers/],
  ['no update of any process is lost', 'unlocked', /the version of "user:42"/],
  ['a lease of one process is refused to the others, until it is given back', 'ownLeases', /whether a gets the lease/],
  ['all processes go by one clock', 'ownClock', /the time/],
  ['a watcher is called after a write by another process', 'ownWatch', /the watcher was called after write 1/],
  [
    'what a process wrote is there for the others, though it was killed as soon as it was told so',
    'early',
    /the version of "user:42"/,
  ],
  [
    'a process that is killed while it writes leaves the text before or the text after, and others go on',
    'torn',
    /is the whole text of version 2/,
  ],
  [
    'a process that is killed while it writes leaves the text before or the text after, and others go on',
    'locked',
    /another process has the lock/,
  ],
  ['the lease of a process that was killed ends by itself', 'endlessLeases', /a process that was killed has ended/],
  [
    'processes that are killed in a crowd stop none of the others, and no update is lost',
    'unlocked',
    /the number of writes/,
  ],
]

describe('a broken store fails', () => {
  const failures = new Map<Broken, Promise<string>>()

  beforeAll(() => {
    // All at once: some wait for seconds for what will not come.
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

  test('and every check has failed for at least one', () => {
    const failed = new Set([...brokenStores, ...brokenAmongProcesses].map(([name]) => name))
    expect(failed).toEqual(new Set(storeChecks.map(({ name }) => name)))
  })
})

test('no two of the similar keys are the same', () => {
  expect(new Set(similarKeys).size).toBe(similarKeys.length)
})

test('what a store has not is not checked', async () => {
  const { watch: _, ...store } = memoryStore()
  const fixture = { durable: false, open: async () => store, close: async () => {} }
  const applicable = await Promise.all(storeChecks.map(async ({ applies }) => (await applies?.(fixture)) ?? true))
  expect(storeChecks.filter((_check, index) => applicable[index] === false).length).toBe(14)
})

test('a worker that cannot open the store says why', async () => {
  const worker = { module: new URL('stores/no-such-store.ts', import.meta.url) }
  const fixture = { open: async () => memoryStore(), close: async () => {}, worker }
  expect(await failureOf('all processes go by one clock', fixture)).toMatch(/no-such-store/)
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

/** What a failed check says, with the values that it compared. */
async function failureOf(name: string, fixture: TokenStoreFixture): Promise<string> {
  try {
    await storeChecks.find((check) => check.name === name)?.check(fixture)
    return 'the check passed, or there is none'
  } catch (error) {
    const { message, actual, expected } = error as Error & { actual?: unknown; expected?: unknown }
    return [message, inspect(actual), inspect(expected)].join('\n')
  }
}
