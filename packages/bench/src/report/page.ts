import type { JobResult } from '../jobs/job.ts'
import { goalTable } from './goals.ts'
import { markdownSection, markdownTable } from './markdown.ts'

/** What was run, when, and on what. */
export interface Run {
  readonly command: string
  readonly date: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
}

const places: Readonly<Record<string, (results: readonly JobResult[]) => string>> = {
  goals: (results) => markdownTable(goalTable(results)),
  figures: (results) => results.map(markdownSection).join('\n\n'),
}

/**
 * Writes the results into a page: the goals between `<!-- goals -->` and `<!-- /goals -->`, every table between the same of
 * `figures`. Throws for a page that has neither place.
 */
export function pageWith(page: string, run: Run, results: readonly JobResult[]): string {
  const present = Object.keys(places).filter((name) => page.includes(beginOf(name)))
  if (present.length === 0) throw new Error(`the page has neither ${Object.keys(places).map(beginOf).join(' nor ')}`)
  return present.reduce((text, name) => fill(text, name, `${origin(run)}\n\n${places[name]?.(results)}`), page)
}

function origin({ command, date, node, cpu, cores }: Run): string {
  return `Measured on ${date} with \`${command}\`, on Node ${node} and ${cores} cores of ${cpu}.`
}

function fill(page: string, name: string, text: string): string {
  const [begin, end] = [beginOf(name), `<!-- /${name} -->`]
  const [before, ...rest] = page.split(begin)
  const after = rest.join(begin).split(end)[1]
  if (before === undefined || after === undefined) throw new Error(`the page has no place between ${begin} and ${end}`)
  return `${before}${begin}\n\n${text}\n\n${end}${after}`
}

function beginOf(name: string): string {
  return `<!-- ${name} -->`
}
