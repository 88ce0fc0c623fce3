import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')
/** The rooms from left to right: a file imports its own or one to its left. */
const rooms = [
  'errors',
  'wire',
  'token',
  'definition',
  'transport',
  'protocol',
  'grants',
  'refresh',
  'api',
  'provider',
  'index',
  'openid-client',
  'ky',
  'node',
]
/** The files that only the entry for Node loads, and that may use what is Node's. */
const forNode = /^(?:node\.ts$|node\/)/
/** The dependencies, and the only places that know them. */
const owners: Readonly<Record<string, RegExp>> = {
  jose: /^protocol\/(?:openid|authentication|authorization)\//,
  ky: /^api\/client\.ts$/,
  'openid-client': /^(?:openid-client|protocol\/(?:authentication|authorization))\//,
  undici: /^node\//,
}

interface Import {
  readonly from: string
  readonly to: string
  /** Types are gone when the code runs. */
  readonly typeOnly: boolean
  /** Loaded when first needed. */
  readonly dynamic: boolean
}

const files = globSync('**/*.ts', { cwd: src })
const imports = files.flatMap((from): readonly Import[] => {
  const code = readFileSync(join(src, from), 'utf8').replaceAll(/^\s*(?:\*|\/\/|\/\*\*).*$/gm, '')
  const place = (to: string) => (to.startsWith('.') ? relative(src, join(src, dirname(from), to)) : to)
  const fixed = [...code.matchAll(/^(?:import|export)\s+(type\s)?(?:[^;'"]*?\sfrom\s+)?'([^']+)'/gm)]
  const dynamic = [...code.matchAll(/import\(\s*'([^']+)'\s*\)/g)]
  return [
    ...fixed.map(([, type, to = '']) => ({ from, to: place(to), typeOnly: type !== undefined, dynamic: false })),
    ...dynamic.map(([, to = '']) => ({ from, to: place(to), typeOnly: false, dynamic: true })),
  ]
})
const inside = imports.filter(({ to }) => to.endsWith('.ts'))
const outside = imports.filter(({ to }) => !to.endsWith('.ts'))
const roomOf = (file: string): number => rooms.indexOf(file.split('/')[0]?.replace('.ts', '') ?? '')

/** Every file that is there as soon as an entry is imported. */
function loadedWith(entry: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(entry)) return loaded
  loaded.add(entry)
  for (const { from, to, typeOnly, dynamic } of inside)
    if (from === entry && !typeOnly && !dynamic) loadedWith(to, loaded)
  return loaded
}

describe('a file imports its own room or one to its left', () => {
  test('every file stands in a room', () => {
    expect(files.length).toBeGreaterThan(30)
    expect(files.filter((file) => roomOf(file) === -1)).toEqual([])
  })

  test('no import goes to the right', () => {
    expect(inside.length).toBeGreaterThan(100)
    expect(inside.filter(({ from, to }) => roomOf(to) > roomOf(from))).toEqual([])
  })

  test('only the entry for Node reaches what is Node’s', () => {
    expect(inside.filter(({ from, to }) => forNode.test(to) && !forNode.test(from))).toEqual([])
    expect(outside.filter(({ from, to }) => to.startsWith('node:') && !forNode.test(from))).toEqual([])
  })

  test('only the entry for ky reaches its client', () => {
    expect(inside.filter(({ to }) => to === 'api/client.ts').map(({ from }) => from)).toEqual(['ky.ts'])
  })
})

describe('a dependency', () => {
  const foreign = outside.filter(({ to }) => !to.startsWith('node:'))
  const packageOf = (to: string) => to.split('/')[0] ?? ''

  test('is known to its own place only, and nothing else is imported', () => {
    expect(new Set(foreign.map(({ to }) => packageOf(to)))).toEqual(new Set(Object.keys(owners)))
    expect(foreign.filter(({ from, to }) => !owners[packageOf(to)]?.test(from))).toEqual([])
  })

  test('is loaded when first needed: none comes with the main entry', () => {
    const loaded = loadedWith('index.ts')
    expect(loaded.size).toBeGreaterThan(20)
    expect(foreign.filter(({ from, typeOnly }) => !typeOnly && loaded.has(from))).toEqual([])
  })

  test('is imported by a file that is loaded as a whole: one that cannot be had ends no call half-way', () => {
    expect(foreign.filter(({ from, dynamic }) => dynamic && !forNode.test(from))).toEqual([])
  })
})

test('what is loaded when first needed is loaded by load(), so that its want is a network_error', () => {
  const bare = files.filter((file) => {
    if (forNode.test(file)) return false
    const code = readFileSync(join(src, file), 'utf8').replaceAll(/^\s*(?:\*|\/\/|\/\*\*).*$/gm, '')
    return [...code.matchAll(/(.{0,12})\bimport\(\s*'/g)].some(([, before = '']) => !before.endsWith('load(() => '))
  })
  expect(bare).toEqual([])
})
