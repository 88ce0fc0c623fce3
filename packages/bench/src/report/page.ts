import type { JobResult } from '../jobs/job.ts'
import { goalTable } from './goals.ts'
import { markdownSection, markdownTable } from './markdown.ts'

/** What something was measured on. */
export interface Machine {
  readonly node: string
  readonly cpu: string
  readonly cores: number
}

/** Writes the results into a page, between `<!-- goals -->` and `<!-- /goals -->`, and between the same of `figures`. Throws where one of them is missing. */
export function pageWith(page: string, machine: Machine, results: readonly JobResult[]): string {
  const goals = `On Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}.\n\n${markdownTable(goalTable(results))}`
  return fill(fill(page, 'goals', goals), 'figures', results.map(markdownSection).join('\n\n'))
}

function fill(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [before, ...rest] = page.split(begin)
  const after = rest.join(begin).split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no place between ${begin} and ${end}`)
  return `${before}${begin}\n\n${text}\n\n${end}${after}`
}
