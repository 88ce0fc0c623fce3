import { dirname, join, relative } from 'node:path'
import type { Fence } from './fences.ts'

/** One or more fences of a file that run as one module. README.md in this folder says what an author may write. */
export interface Sample {
  /** The file that holds it, from the root of the repository. */
  readonly file: string
  /** Its first line of code. */
  readonly line: number
  /** How it is run. */
  readonly kind: 'module' | 'suite' | ProgramKind
  /** The server that it needs on this machine. */
  readonly server: ServerName | undefined
  /** Where its `// =>` and `// throws` comments stand. */
  readonly results: readonly string[]
  /** The module: every line of code stands on the line where the author wrote it. */
  readonly source: string
  /** Where the module is written to. */
  readonly path: string
}

/** The kinds of samples that are whole programs, which the tests use as people do. */
const programKinds = ['web-app', 'worker', 'page', 'command-line'] as const
type ProgramKind = (typeof programKinds)[number]

/** The servers that a sample may name. */
export const serverNames = ['redis', 'postgres'] as const
export type ServerName = (typeof serverNames)[number]

/** Where the modules are written to. */
export const folder = join(import.meta.dirname, '.samples')

/** What the opening line of a fence says beside `ts`. */
export interface Meta {
  readonly word: 'continued' | ProgramKind | ServerName | undefined
  /** What is taken from the prelude. */
  readonly names: readonly string[]
}

const words = ['continued', ...programKinds, ...serverNames].join('|')
const metaForm = new RegExp(String.raw`^(?:(${words})\b)?\s*(?:with ([\w, ]+))?$`)

/** Reads the opening line of a fence. Throws for a word that means nothing. */
export function readMeta(file: string, { meta, firstLine }: Fence): Meta {
  const match = metaForm.exec(meta.trim())
  if (!match) throw new Error(`${file}:${firstLine - 1}: "${meta}" means nothing to the sample runner`)
  const [, word, names = ''] = match
  return { word: word as Meta['word'], names: names.split(/[\s,]+/).filter((name) => name !== '') }
}

/** Makes a module of a fence and of those that continue it. */
export function toSample(file: string, fences: readonly [Fence, ...Fence[]]): Sample {
  const metas = fences.map((fence) => readMeta(file, fence))
  const line = fences[0].firstLine
  const path = join(folder, file, `${line}.ts`)
  const names = metas.flatMap((meta) => meta.names)
  const lines = [metas[0]?.word === 'page' ? '' : header(path, names)] // a page has no results, and is bundled as it is
  const results: string[] = []
  for (const { firstLine, code } of fences)
    for (const [index, text] of code.entries()) {
      const place = `${file}:${firstLine + index}`
      const assertion = toAssertion(text, place)
      if (assertion !== undefined) results.push(place)
      lines[firstLine + index - 1] = assertion ?? text
    }
  const kind = kindOf(metas, lines)
  const server = serverNames.find((name) => metas.some(({ word }) => word === name))
  return { file, line, kind, server, results, path, source: `${Array.from(lines, (text) => text ?? '').join('\n')}\n` }
}

function kindOf([{ word } = { word: undefined }]: readonly { word: Meta['word'] }[], lines: string[]): Sample['kind'] {
  const program = programKinds.find((kind) => kind === word)
  if (program) return program
  const isTest = ([, ...code]: string[]) => code.some((text) => /from 'vitest'|^describe\w*\(/.test(text))
  return isTest(lines) ? 'suite' : 'module'
}

/** What the first line of the module holds; the file's first line never holds code. */
function header(path: string, names: readonly string[]): string {
  const from = (module: string) => relative(dirname(path), join(import.meta.dirname, module))
  const parts = [`import { expect as __expect } from 'vitest'`]
  parts.push(`import { reached as __reached } from '${from('reached.ts')}'`)
  if (names.length > 0) parts.push(`import { prelude as __prelude } from '${from('prelude.ts')}'`)
  if (names.length > 0) parts.push(`const { ${names.join(', ')} } = await __prelude('${names.join(`', '`)}')`)
  return parts.join('; ')
}

/** `expression // => value` and `expression // throws code`, as an assertion that names its place. */
function toAssertion(line: string, place: string): string | undefined {
  const match = /^(\s*)(?:(const|let) (\w+) = )?(\S.*?);?\s*\/\/ (=>|throws) (.+)$/.exec(line)
  if (!match) {
    if (/\/\/ (?:=>|throws )/.test(line)) throw new Error(`${place}: there is no expression before the result`)
    return undefined
  }
  const [, indent = '', keyword, name, expression = '', arrow, value = ''] = match
  const reached = `${indent}__reached('${place}');`
  if (arrow === 'throws')
    return `${reached} await __expect((async () => ${expression})(), '${place}').rejects.toMatchObject({ name: 'GrantError', code: '${value}' })`
  const declaration = keyword === undefined ? '' : ` ${keyword} ${name} = ${expression};`
  return `${reached}${declaration} __expect(${name ?? expression}, '${place}').toStrictEqual(${value})`
}
