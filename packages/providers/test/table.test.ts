import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { command, page, parts, table } from './table.ts'

/** The cells of a table, however wide its columns are. */
function cellsOf(text: string): readonly (readonly string[])[] {
  const lines = text.trim().split('\n')
  return lines.map((line) => line.split('|').map((cell) => cell.trim().replace(/^-+$/, '---')))
}

test(`the table on the page says what the presets say: ${command}`, () => {
  const [, found] = parts(readFileSync(page, 'utf8'))
  expect(cellsOf(found)).toEqual(cellsOf(table()))
})
