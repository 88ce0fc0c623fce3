import { contenderOf } from '../contenders/catalogue.ts'
import { type Figure, figureOf, shuffled } from '../measure/statistics.ts'
import { oneByOne, times } from '../one-by-one.ts'
import { ableFor } from './operation-job.ts'
import { cpuOf, cpuOfCode } from './fresh-process.ts'
import { type Job, type Row, taking } from './job.ts'

const imported: Readonly<Record<string, string>> = {
  grantkit: '@grantkit/core',
  'grantkit-node': '@grantkit/core, @grantkit/core/node',
  'grantkit-client': '@grantkit/core, @grantkit/core/ky',
  'openid-client': 'openid-client',
  oauth4webapi: 'oauth4webapi',
  arctic: 'arctic',
  'simple-oauth2': 'simple-oauth2',
  badgateway: '@badgateway/oauth2-client',
  'client-oauth2': 'client-oauth2',
  'google-auth-library': 'google-auth-library',
  'msal-node': '@azure/msal-node',
  ky: 'ky',
  jose: 'jose',
}

/** What importing each package costs a new process, beyond an empty script. */
export const importJob: Job = {
  id: 'import',
  title: 'Import in a fresh process',
  async run(_crew, pace) {
    const ids = taking(Object.keys(imported), pace)
    const codes = ids.map((id) => [id, importing(imported[id] ?? id)] as const)
    const series = await startInTurn([['empty', ''], ...codes], pace.starts, (code) => cpuOfCode(code))
    const empty = series.get('empty') ?? []
    const rows = ids.map((id): Row => {
      const over = (series.get(id) ?? []).map((cpu, round) => cpu - (empty[round] as number))
      return { id, title: imported[id] ?? id, values: { cpu: figureOf(over) } }
    })
    const columns = [{ key: 'cpu', heading: 'CPU ms over an empty script', digits: 1 }]
    return { id: 'import', title: importJob.title, columns, rows }
  },
}

function importing(packages: string): string {
  return packages
    .split(', ')
    .map((name) => `import '${name}'`)
    .join('\n')
}

/** What the first login costs a new process, everything included, beyond one that does nothing. */
export const firstTokenJob: Job = {
  id: 'first-token',
  title: 'First token in a fresh process',
  async run(crew, pace) {
    const able = (await ableFor(crew, 'login', pace)).map(({ id }) => id)
    const inputs = able.map((id) => [id, [crew.baseOf(id), crew.programOf(contenderOf(id))]] as const)
    const start = (input: readonly string[]) => cpuOf([crew.built.fresh, ...input])
    const series = await startInTurn([['empty', []], ...inputs], pace.starts, start)
    const empty = series.get('empty') ?? []
    const over = (id: string) => (series.get(id) ?? []).map((cpu, round) => cpu - (empty[round] as number))
    const floor = over('floor')
    const rows = able.map((id): Row => {
      const cpu = over(id)
      const ratio: Figure = figureOf(cpu.map((value, round) => value / (floor[round] as number)))
      return { id, title: contenderOf(id).title, values: { cpuRatio: ratio, cpu: figureOf(cpu) } }
    })
    const columns = [
      { key: 'cpuRatio', heading: 'CPU ÷ floor', digits: 2 },
      { key: 'cpu', heading: 'CPU ms over an empty script', digits: 1 },
    ]
    return { id: 'first-token', title: firstTokenJob.title, columns, rows }
  },
}

/** Starts each process once in every round, in an order of its own. */
async function startInTurn<Input>(
  entries: readonly (readonly [string, Input])[],
  rounds: number,
  start: (input: Input) => Promise<number>,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const series = new Map<string, number[]>(entries.map(([id]) => [id, []]))
  await times(rounds, () =>
    oneByOne(shuffled(entries), async ([id, input]) => {
      series.get(id)?.push(await start(input))
    }),
  )
  return series
}
