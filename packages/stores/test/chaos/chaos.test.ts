import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../support/describe-with.ts'
import type { StoreAddress } from '../support/open-store.ts'
import { startPostgres } from '../support/postgres-server.ts'
import { startRedis } from '../support/redis-server.ts'
import { postgres, redis } from '../support/servers.ts'
import { size } from './chaos.ts'
import { lifetime } from './grant-server.ts'
import { window } from './messages.ts'
import { full, quick, type Report, report, rowOf } from './report.ts'

/*
 * Processes share a token with a lifetime of two seconds in a real store, and are killed at every step of its refresh and
 * at random. GRANTKIT_CHAOS=full runs as much as CI does.
 */
const plan = process.env['CI'] || process.env['GRANTKIT_CHAOS'] === 'full' ? full : quick
const timeout = 600_000
const reports = new Map<string, Promise<Report>>()

afterAll(async () => {
  const ended = await Promise.allSettled(reports.values())
  console.table(ended.flatMap((result) => (result.status === 'fulfilled' ? [rowOf(result.value)] : [])))
})

/** Starts when the last but one is done: with more processes at once, calls would time out on a small machine. */
function begin(name: string, start: () => Promise<{ address: StoreAddress; stop(): Promise<unknown> }>): void {
  const before = Promise.allSettled([...reports.values()].slice(0, -1))
  const running = before.then(start).then(async ({ address, stop }) => {
    try {
      return await report(name, address, plan)
    } finally {
      await stop()
    }
  })
  running.catch(() => undefined) // reported by its tests
  reports.set(name, running)
}

beforeAll(() => {
  begin('file', () => onDisk((path) => ({ store: 'file', path })))
  begin('sqlite', () => onDisk((path) => ({ store: 'sqlite', path: `${path}.db` })))
  if (redis.find()) begin('redis', onRedis)
  if (postgres.find()) begin('postgres', onPostgres)
})

describe('with files', () => {
  testsOf('file')
})
describe('with SQLite', () => {
  testsOf('sqlite')
})
describeWith(redis, () => testsOf('redis'))
describeWith(postgres, () => testsOf('postgres'))

function testsOf(name: string): void {
  test(
    'refresh a token only as often as its lifetime requires, and use no refresh token twice',
    { timeout },
    async () => {
      const { calm } = (await reports.get(name)) as Report
      for (const { problems, errors, losses, uses, served, ends } of [calm.strict, calm.fapi]) {
        expect({ problems, errors, losses }).toEqual({ problems: [], errors: {}, losses: [] })
        expect(uses.length).toBeGreaterThanOrEqual(plan.refreshes)
        expect(uses.filter(({ issued, again }) => issued === undefined || again)).toEqual([])
        expect(new Set(uses.map(({ refreshToken }) => refreshToken)).size).toBe(uses.length)
        expect(served.size).toBe(size)
        const times = [...ends.values()].toSorted((a, b) => a - b)
        const gaps = times.slice(1).map((end, index) => end - (times[index] as number))
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(lifetime * 800) // it is refreshed early, in the last fifth of its lifetime
      }
    },
  )

  test(
    'lose nothing with a server that accepts the last refresh token again, whichever process is killed',
    { timeout },
    async () => {
      const { killed } = (await reports.get(name)) as Report
      const { problems, losses, errors, storeFailures } = killed.fapi
      expect({ problems, losses, storeFailures }).toEqual({ problems: [], losses: [], storeFailures: [] })
      expect(Object.keys(errors)).not.toContain('reauthorization_required')
    },
  )

  test('lose nothing with a strict server, except what only a killed process knew', { timeout }, async () => {
    const { killed } = (await reports.get(name)) as Report
    const { problems, storeFailures } = killed.strict
    expect({ problems, storeFailures }).toEqual({ problems: [], storeFailures: [] })
    const { length } = plan.steps.filter((step) => window.includes(step))
    expect(killed.strict.losses.filter((loss) => loss === 'crash').length).toBeGreaterThanOrEqual(length)
  })
}

async function onDisk(address: (path: string) => StoreAddress) {
  const home = await mkdtemp(join(tmpdir(), 'grantkit-'))
  return { address: address(join(home, 'tokens')), stop: () => rm(home, { recursive: true, force: true }) }
}

async function onRedis() {
  const server = await startRedis()
  const address = { store: 'redis', driver: 'redis', url: server.url, prefix: 'chaos:' } as const
  return { address, stop: () => server.stop() }
}

async function onPostgres() {
  const server = await startPostgres()
  const address = { store: 'postgres', driver: 'pg', url: server.url, table: 'chaos' } as const
  return { address, stop: () => server.stop() }
}
