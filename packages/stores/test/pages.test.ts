import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { describeWith } from './support/describe-with.ts'
import { patience } from './support/patience.ts'
import { startPostgres } from './support/postgres-server.ts'
import { startRedis } from './support/redis-server.ts'
import { samplesThatNeedServers } from './support/samples.ts'
import { postgres, redis } from './support/servers.ts'

vi.setConfig(patience)

const samples = samplesThatNeedServers()
const folder = join(import.meta.dirname, '.samples')

beforeAll(() => mkdir(folder, { recursive: true }))
afterAll(() => rm(folder, { recursive: true, force: true }))

for (const [server, variable, start] of [
  [redis, 'REDIS_URL', startRedis],
  [postgres, 'DATABASE_URL', startPostgres],
] as const)
  describeWith(server, () => {
    let running: Awaited<ReturnType<typeof start>>
    beforeAll(async () => {
      running = await start()
      process.env[variable] = running.url
    })
    afterAll(() => running.stop())

    test.each(samples.filter(({ code }) => code.includes(variable)))('$place', async ({ place, code, assertions }) => {
      const path = join(folder, `${place.replaceAll(/\W/g, '-')}.ts`)
      await writeFile(path, code)
      expect.assertions(assertions)
      await import(/* @vite-ignore */ path)
    })
  })

test('each of them has a server to run with, and shows something', () => {
  expect(samples).toHaveLength(4)
  for (const { place, code, assertions } of samples) {
    expect(code, `of ${place}`).toMatch(/'(?:REDIS_URL|DATABASE_URL)'/)
    expect(assertions, `of ${place}`).toBeGreaterThan(0)
  }
})
