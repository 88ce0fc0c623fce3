import { type Contender, contenderOf, contenders } from '../contenders/catalogue.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import type { HeldKind } from '../worker/held.ts'
import { type Job, type Pace, type Row, taking } from './job.ts'

const kinds: readonly HeldKind[] = ['heldToken', 'heldProvider', 'heldSource']

/** What an application keeps on the heap for each user, and for each provider. */
export const memoryJob: Job = {
  id: 'memory',
  title: 'Bytes held',
  async run(crew, pace) {
    const ids = contenders.map(({ id }) => id).filter((id) => id !== 'floor-again')
    const rows = await oneByOne(taking(ids, pace), (id) => rowOf(crew, contenderOf(id), pace))
    const columns = [
      { key: 'heldToken', heading: 'per token', digits: 0 },
      { key: 'heldProvider', heading: 'per provider', digits: 0 },
      { key: 'heldSource', heading: 'per token source, its token included', digits: 0 },
    ]
    return { id: 'memory', title: memoryJob.title, columns, rows: rows.filter((row) => row !== undefined) }
  },
}

async function rowOf(crew: Crew, { id, title }: Contender, { held }: Pace): Promise<Row | undefined> {
  const { child, can } = await crew.recruit(id, ['--expose-gc'])
  try {
    const able = kinds.filter((kind) => can.includes(kind))
    const counts = await oneByOne(able, async (kind) => [kind, await child.request('held', kind, held)] as const)
    return able.length > 0 ? { id, title, values: Object.fromEntries(counts) } : undefined
  } finally {
    await child.stop()
  }
}
