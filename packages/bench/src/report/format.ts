import type { Column, JobResult, Row, Values } from '../jobs/job.ts'
import type { Figure } from '../measure/statistics.ts'

/** The text of one value: a median with its quartiles, a number, yes or no; a dash where nothing was measured. */
export function formatValue(value: Values[string], { digits = 0 }: Pick<Column, 'digits'>): string {
  if (value === undefined) return '–'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return formatNumber(value, digits)
  const { median, q1, q3 } = value
  if (q1 === q3) return formatNumber(median, digits)
  return `${formatNumber(median, digits)} (${formatNumber(q1, digits)}–${formatNumber(q3, digits)})`
}

function formatNumber(value: number, digits: number): string {
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** The lines of a table: the columns that someone has a value for, each row from the best to the worst as it came. */
export function cellsOf({ columns, rows }: JobResult): {
  readonly heading: readonly string[]
  readonly lines: string[][]
} {
  const used = columns.filter(({ key }) => rows.some(({ values }) => values[key] !== undefined))
  const lines = rows.map((row) => [titleOf(row), ...used.map((column) => formatValue(row.values[column.key], column))])
  return { heading: ['', ...used.map(({ heading }) => heading)], lines }
}

function titleOf({ title, note }: Row): string {
  return note === undefined ? title : `${title} (${note})`
}

/** The middle of a value, whatever it is; undefined where it is not a number. */
export function middleOf(value: Values[string]): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'object' ? (value satisfies Figure).median : undefined
}
