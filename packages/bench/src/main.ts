// Measures what there are goals for, and prints a table for each job.
//
//   --brief            every job once, with everyone, to see that it runs
//   --thorough         every job with everyone, bytes included, for figures to publish
//   --jobs a,b         only these jobs
//   --json <file>      writes the results to a file as well
//   --page <file>      writes the tables into a page as well, between its marks; may be repeated
//   --gate             no job: compares the bytes that are allocated with what was accepted, and fails where they grew
//   --accept           no job: accepts the bytes that are allocated now
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { acceptBytes, runByteGate } from './gate/byte-gate.ts'
import { brief, type Job, type JobResult, type Pace, thorough, usual } from './jobs/job.ts'
import { jobs } from './jobs/jobs.ts'
import { oneByOne } from './one-by-one.ts'
import { Crew } from './processes/crew.ts'
import { goals, goalTable } from './report/goals.ts'
import { pageWith, type Run } from './report/page.ts'
import { textTable } from './report/table.ts'

const { values: options } = parseArgs({
  options: {
    accept: { type: 'boolean' },
    brief: { type: 'boolean' },
    gate: { type: 'boolean' },
    jobs: { type: 'string' },
    json: { type: 'string' },
    page: { type: 'string', multiple: true, default: [] },
    thorough: { type: 'boolean' },
  },
})

const pace = options.brief ? brief : options.thorough ? thorough : usual
const run: Run = {
  command: commandOf(options),
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
}
const crew = await Crew.assemble()
try {
  if (options.accept) await acceptBytes(crew)
  else if (options.gate) await gate()
  else await measure(chosen(options.jobs, pace))
} finally {
  await crew.disband()
}

/** The jobs that were named; else every job, or those with a goal where not everyone takes part. */
function chosen(names: string | undefined, { everyone }: Pace): readonly Job[] {
  if (names === undefined) return everyone ? jobs : jobs.filter(({ id }) => goals.some(({ job }) => job === id))
  return names.split(',').map((name) => {
    const job = jobs.find(({ id }) => id === name)
    if (!job) throw new Error(`no job is called ${name}; there are ${jobs.map(({ id }) => id).join(', ')}`)
    return job
  })
}

async function measure(asked: readonly Job[]): Promise<void> {
  console.log(`Node ${run.node} on ${run.cores} cores of ${run.cpu}\n`)
  const results = await oneByOne(asked, async (job) => {
    const found = [await job.run(crew, pace)].flat()
    for (const result of found) console.log(`${textTable(result)}\n`)
    return found
  })
  const all: JobResult[] = results.flat()
  if (!options.brief) console.log(textTable(goalTable(all)))
  for (const page of options.page) writeFileSync(page, pageWith(readFileSync(page, 'utf8'), run, all))
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ run, pace, results: all }, null, 2)}\n`)
}

async function gate(): Promise<void> {
  const { table, exceeded } = await runByteGate(crew)
  console.log(textTable(table))
  if (exceeded.length === 0) return
  console.error(`\nThese allocate more than was accepted:\n${exceeded.join('\n')}`)
  process.exitCode = 1
}

/** What a reader runs to repeat the measurements. */
function commandOf({ brief: isBrief, thorough: isThorough, jobs: named }: typeof options): string {
  const flags = [isBrief && '--brief', isThorough && '--thorough', named !== undefined && `--jobs ${named}`]
  return ['npm run bench', ...flags.filter(Boolean)].join(' ').replace(' --', ' -- --')
}
