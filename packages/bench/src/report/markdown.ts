import type { JobResult } from '../jobs/job.ts'
import { cellsOf } from './format.ts'

/** The table of a job for a page, under its title. */
export function markdownSection(result: JobResult): string {
  const note = result.note === undefined ? [] : ['', `${result.note}.`]
  return [`### ${result.title}`, '', markdownTable(result), ...note].join('\n')
}

/** The table of a job for a page. */
export function markdownTable(result: JobResult): string {
  const { heading, lines } = cellsOf(result)
  const alignment = row(heading.map((_, column) => (column === 0 ? '---' : '--:')))
  return [row(heading), alignment, ...lines.map(row)].join('\n')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
