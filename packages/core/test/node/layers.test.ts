import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../../src')
const layers = [
  'errors',
  'token',
  'definition',
  'transport',
  'protocol',
  'grants',
  'tokens',
  'provider',
  'index',
  'ky',
  'node',
]
/** The files that are only in the entry for Node, and may use what is Node's. */
const forNode = /^node(?:\.ts$|\/)/
/** The dependencies, and the only layers that know them; an entry of its own may know one more. */
const owners: Readonly<Record<string, readonly string[]>> = {
  ky: ['transport', 'tokens'],
  'openid-client': ['protocol'],
  jose: ['protocol'],
  undici: ['node'],
}

interface Import {
  readonly from: string
  readonly to: string
}

const files = globSync('**/*.ts', { cwd: src })
const imports = files.flatMap((from) => {
  const text = readFileSync(join(src, from), 'utf8').replaceAll(/^\s*(?:\*|\/\/).*$/gm, '')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)
  return [...found].map(([, to = '']): Import => ({
    from,
    to: to.startsWith('.') ? relative(src, join(src, dirname(from), to)) : to,
  }))
})
const layerOf = (file: string): number => layers.indexOf(file.split('/')[0]?.replace('.ts', '') ?? '')

describe('a file imports its own layer or an earlier one', () => {
  test('every file stands in a layer', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter((file) => layerOf(file) === -1)).toEqual([])
  })

  test('no import goes to a later layer', () => {
    const inside = imports.filter(({ to }) => to.endsWith('.ts'))
    expect(inside.length).toBeGreaterThan(100)
    expect(inside.filter(({ from, to }) => layerOf(to) > layerOf(from))).toEqual([])
  })

  test('only the entry for Node reaches what is Node’s', () => {
    const reaching = imports.filter(({ from, to }) => forNode.test(to) && !forNode.test(from))
    expect(reaching).toEqual([])
  })

  test('only the entry for ky reaches its client', () => {
    expect(imports.filter(({ to }) => to === 'tokens/api-client.ts').map(({ from }) => from)).toEqual(['ky.ts'])
  })

  test('each dependency is known to its own layer only, and nothing else is imported', () => {
    const outside = imports.filter(
      ({ to, from }) => !to.endsWith('.ts') && !(to.startsWith('node:') && forNode.test(from)),
    )
    expect(new Set(outside.map(({ to }) => to.split('/')[0]))).toEqual(new Set(Object.keys(owners)))
    const strangers = outside.filter(
      ({ from, to }) => !owners[to.split('/')[0] ?? '']?.includes(from.split('/')[0] ?? ''),
    )
    expect(strangers).toEqual([])
  })

  test('dependencies are loaded when first needed: only the engine module and the client of the ky entry import one at once', () => {
    const eager = files
      .filter((file) => !forNode.test(file))
      .filter((file) =>
        /^(?:import(?! type)|export)[^;]*?from '(?![.])/m.test(
          readFileSync(join(src, file), 'utf8').replaceAll(/^\s*\*.*$/gm, ''),
        ),
      )
    expect(eager.toSorted()).toEqual(['protocol/engine.ts', 'tokens/api-client.ts'])
  })
})
