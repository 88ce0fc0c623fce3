import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fencesOf } from '../../../../docs/test/fences.ts'

/** A sample of the documentation that is not run there, because it needs a server. */
export interface Sample {
  readonly place: string
  readonly code: string
  readonly assertions: number
}

const root = join(import.meta.dirname, '../../../..')

/** The samples marked `ts no-run`; `expression // => value` is an assertion, as in all the others. */
export function samplesThatNeedServers(): readonly Sample[] {
  const files = ['docs/guide/stores/*.md', 'packages/stores/src/**/*.ts'].flatMap((glob) =>
    globSync(glob, { cwd: root }),
  )
  return files.flatMap((file) =>
    fencesOf(file, readFileSync(join(root, file), 'utf8'))
      .filter(({ language, meta }) => language === 'ts' && meta.trim() === 'no-run')
      .map(({ firstLine, code }) => toSample(`${file}:${firstLine}`, code)),
  )
}

function toSample(place: string, lines: readonly string[]): Sample {
  let assertions = 0
  const code = lines.map((line) =>
    line.replace(/^(\S.*?) +\/\/ => (.+)$/, (_, expression: string, value: string) => {
      assertions += 1
      return `__expect(${expression}).toStrictEqual(${value})`
    }),
  )
  return { place, assertions, code: [`import { expect as __expect } from 'vitest'`, ...code, ''].join('\n') }
}
