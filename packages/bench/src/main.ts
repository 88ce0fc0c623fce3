// Measures everything, or the jobs that are asked for, and prints a table for each.
//
//   --brief            each job once, to see that it runs
//   --thorough         longer and more often, for figures to publish
//   --jobs a,b         only these jobs
//   --json <file>      writes the results to a file as well
//   --page <file>      writes the tables into a page as well, such as docs/guide/performance.md; for a run of all jobs
//   --gate             no job: compares the bytes that are allocated with what was accepted, and fails where they grew
//   --accept           no job: accepts the bytes that are allocated now
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { acceptBytes, runByteGate } from './gate/byte-gate.ts'
import { brief, type Job, type JobResult, thorough, usual } from './jobs/job.ts'
import { jobs } from './jobs/jobs.ts'
import { oneByOne } from './one-by-one.ts'
import { Crew } from './processes/crew.ts'
import { goalTable } from './report/goals.ts'
import { pageWith } from './report/page.ts'
import { textTable } from './report/table.ts'

const { values: options } = parseArgs({
  options: {
    accept: { type: 'boolean' },
    brief: { type: 'boolean' },
    gate: { type: 'boolean' },
    jobs: { type: 'string' },
    json: { type: 'string' },
    page: { type: 'string' },
    thorough: { type: 'boolean' },
  },
})

const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length }
const crew = await Crew.assemble()
try {
  if (options.accept) await acceptBytes(crew)
  else if (options.gate) await gate()
  else await measure(chosen(options.jobs))
} finally {
  await crew.disband()
}

function chosen(names: string | undefined): readonly Job[] {
  if (names === undefined) return jobs
  return names.split(',').map((name) => {
    const job = jobs.find(({ id }) => id === name)
    if (!job) throw new Error(`there is no job ${name}; there are ${jobs.map(({ id }) => id).join(', ')}`)
    return job
  })
}

async function measure(asked: readonly Job[]): Promise<void> {
  console.log(`Node ${machine.node} on ${machine.cores} cores of ${machine.cpu}\n`)
  const pace = options.brief ? brief : options.thorough ? thorough : usual
  const results = await oneByOne(asked, async (job) => {
    const found = [await job.run(crew, pace)].flat()
    for (const result of found) console.log(`${textTable(result)}\n`)
    return found
  })
  const all: JobResult[] = results.flat()
  if (!options.brief) console.log(textTable(goalTable(all)))
  if (options.page !== undefined)
    writeFileSync(options.page, pageWith(readFileSync(options.page, 'utf8'), machine, all))
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine, pace, results: all }, null, 2)}\n`)
}

async function gate(): Promise<void> {
  const { table, exceeded } = await runByteGate(crew)
  console.log(textTable(table))
  if (exceeded.length === 0) return
  console.error(`\nThese allocate more than was accepted:\n${exceeded.join('\n')}`)
  process.exitCode = 1
}
