import type { JobResult } from '../jobs/job.ts'
import { cellsOf } from './format.ts'

/** The table of a job for a terminal. */
export function textTable(result: JobResult): string {
  const { heading, lines } = cellsOf(result)
  const widths = heading.map((text, column) => Math.max(text.length, ...lines.map((line) => line[column]?.length ?? 0)))
  const align = (line: readonly string[]): string =>
    line
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd()
  const note = result.note === undefined ? [] : [`  ${result.note}`]
  return [result.title, align(heading), ...lines.map(align), ...note].join('\n')
}
