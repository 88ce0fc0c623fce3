import { accessSync, constants } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contenders } from '../contenders/catalogue.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { Engine } from './engine.ts'
import { startPostgres } from './postgres.ts'
import { startRedis } from './redis.ts'

/** The stores that can be opened on this machine, and those that cannot. */
export interface OpenStores {
  readonly ids: readonly string[]
  readonly missing: readonly string[]
  close(): Promise<void>
}

/** Where stores keep what they keep: on a disk, or in memory, where a hundred thousand keys are written in time. */
export type Medium = 'disk' | 'memory'

/** Opens every store, each in the process of its contender, with the servers that this machine has. */
export async function openStores(crew: Crew, medium: Medium): Promise<OpenStores> {
  const place = await mkdtemp(join(directoryOn(medium), 'grantkit-bench-'))
  const engines = { redis: await startRedis(place), postgres: await startPostgres(place) }
  const all = contenders.filter(({ kind }) => kind === 'store').map(({ id }) => id)
  const missing = Object.entries(engines).flatMap(([id, engine]) => (engine ? [] : [id]))
  const ids = all.filter((id) => !missing.includes(id))
  await oneByOne(ids, async (id) => {
    const directory = join(place, id === 'redis' || id === 'postgres' ? `${id}-client` : id)
    await mkdir(directory, { mode: 0o700 })
    const { child } = await crew.member(id)
    await child.request('openStore', { directory, redisUrl: engines.redis?.url, postgresUrl: engines.postgres?.url })
  })
  return { ids, missing, close: () => closeStores(crew, ids, Object.values(engines), place) }
}

async function closeStores(
  crew: Crew,
  ids: readonly string[],
  engines: readonly (Engine | undefined)[],
  place: string,
): Promise<void> {
  await oneByOne(ids, (id) => crew.dismiss(id))
  await oneByOne(engines, async (engine) => engine?.stop())
  await rm(place, { recursive: true, force: true })
}

function directoryOn(medium: Medium): string {
  const shared = '/dev/shm'
  return medium === 'memory' && isWritable(shared) ? shared : tmpdir()
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
