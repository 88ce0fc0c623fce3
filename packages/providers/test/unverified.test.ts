import { expect, test } from 'vitest'
import { presets } from './presets.ts'

const unverified = presets.filter((preset) => preset.unverified)

/** The field at a path of names joined by dots. */
function fieldAt(preset: object, path: string): unknown {
  return path.split('.').reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], preset)
}

test.each(unverified)('every unverified fact of $name is a field that it has, and is listed once', (preset) => {
  const facts = preset.unverified?.map(({ fact }) => fact) ?? []
  expect(facts.filter((fact) => fieldAt(preset, fact) === undefined)).toEqual([])
  expect(new Set(facts).size).toBe(facts.length)
})

test.each(unverified)('$name says what would settle each unverified fact', ({ unverified: facts = [] }) => {
  for (const { settles } of facts) expect(settles).toMatch(/^\S.{5,}\S$/)
})

test.each(unverified)('no unverified fact of $name claims to have been read', (preset) => {
  const claimed = preset.unverified?.filter(({ fact }) => fieldAt(preset, `${fact}.source`) !== undefined) ?? []
  expect(claimed).toEqual([])
})
