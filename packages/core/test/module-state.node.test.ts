import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// What could carry something from one user, tenant or client to another is listed here, with what makes it safe. A new
// place has to be thought through, and tested like these.

const src = join(import.meta.dirname, '../src')
const files = globSync('{errors,wire,definition,transport,protocol,provider}/**/*.ts', { cwd: src }).filter(
  (file) => !file.startsWith('transport/node-'), // of the entry for Node
)
const found = (pattern: RegExp) =>
  files.flatMap((file) =>
    [...readFileSync(join(src, file), 'utf8').matchAll(pattern)].map(([, name = '']) => `${file}: ${name}`),
  )

test('what a module keeps for all: copies of definitions, which are frozen and say nothing of who uses them, and a function', () => {
  const kept = found(/^(?:export )?(?:let (\w+)|const (\w+)(?=[^\n]*= new (?:WeakMap|WeakSet|Map)\b))/gm)
  expect(kept.map((place) => place.replace(/: .*/, ''))).toEqual([
    'provider/provider.ts', // set once, by the class that alone can see its port
    'definition/check/definition.ts',
  ])
})

test('promises that several may wait for: a set of keys, which is awaited by joined(), and a key for proofs, whose error is wrapped for each', () => {
  expect(found(/^ {2}#(\w+)[?]?: Promise</gm).toSorted()).toEqual([
    'protocol/authentication/dpop-proofs.ts: key',
    'protocol/openid/key-set.ts: keys',
  ])
  const proofs = readFileSync(join(src, 'protocol/authentication/dpop-proofs.ts'), 'utf8')
  expect(proofs.match(/this\.#key\b/g)).toHaveLength(1)
  expect(proofs).toMatch(/try \{\s+return await use\(await \(this\.#key/)
  const keySet = readFileSync(join(src, 'protocol/openid/key-set.ts'), 'utf8')
  expect(keySet.match(/await (?!joined\()(?:keys|this\.#(?:current|load|keys)\b)/g)).toBeNull()
})
