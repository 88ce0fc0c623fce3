import { contenderOf } from '../contenders/catalogue.ts'
import { figureOf, type Figure, ratios } from '../measure/statistics.ts'
import { oneByOne } from '../one-by-one.ts'
import type { Crew } from '../processes/crew.ts'
import { type Cell, cpuOf, measureCells, type Series } from './cells.ts'
import type { Job, JobResult, Pace, Row } from './job.ts'

const taking = ['floor', 'grantkit', 'grantkit-node', 'openid-client']
const mostRounds = 3
/** File descriptors that a process needs for itself. */
const reserve = 500

/** How the cost of a login grows with the number of logins that are under way. */
export const loginGrowthJob: Job = {
  id: 'growth-logins',
  title: 'Logins at once',
  async run(crew, pace) {
    const rounds = Math.min(pace.rounds, mostRounds)
    const levels = pace.logins.filter((level) => level < openFiles() - reserve)
    await oneByOne(taking, (id) => openAtItsOwnServer(crew, id))
    const cells = levels.flatMap((lanes) => taking.map((contender): Cell => ({ contender, operation: 'login', lanes })))
    const series = await oneByOne(levels, (level) =>
      measureCells(
        crew,
        cells.filter(({ lanes }) => lanes === level),
        { ...pace, rounds },
      ),
    )
    await oneByOne(taking, (id) => crew.dismiss(id)) // with its connections
    return resultOf(levels, cells, new Map(series.flatMap((measured) => Array.from(measured))), pace)
  },
}

/** A process may have as many files open, connections included. */
function openFiles(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    readonly userLimits: { readonly open_files: { readonly soft: number | 'unlimited' } }
  }
  const { soft } = userLimits.open_files
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : soft
}

async function openAtItsOwnServer(crew: Crew, id: string): Promise<void> {
  const [base = ''] = await crew.startServer(1)
  const { child } = await crew.member(id)
  await child.request('open', 'login', base)
}

function resultOf(
  levels: readonly number[],
  cells: readonly Cell[],
  series: ReadonlyMap<Cell, Series>,
  { logins }: Pace,
): JobResult {
  const seriesOf = (id: string, level: number): readonly number[] => {
    const cell = cells.find(({ contender, lanes }) => contender === id && lanes === level)
    return cpuOf((cell && series.get(cell)) ?? [])
  }
  const rows = taking.map((id): Row => {
    const compared = levels.map((level): [string, Figure] => [
      `x${level}`,
      figureOf(ratios(seriesOf(id, level), seriesOf('floor', level))),
    ])
    const costs = levels.map((level): [string, Figure] => [`cpu${level}`, figureOf(seriesOf(id, level))])
    return { id, title: contenderOf(id).title, values: Object.fromEntries([...compared, ...costs]) }
  })
  const columns = [
    ...levels.map((level) => ({ key: `x${level}`, heading: `÷ floor, ${level} at once`, digits: 2 })),
    ...levels.map((level) => ({ key: `cpu${level}`, heading: `CPU µs, ${level}`, digits: 0 })),
  ]
  const left = logins.filter((level) => !levels.includes(level))
  const note =
    left.length > 0 ? `left out, because a process may not open so many files here: ${left.join(', ')}` : undefined
  return { id: 'growth-logins', title: loginGrowthJob.title, columns, rows, note }
}
