import { inspect } from 'node:util'
import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { describeProvider, type ProviderCheck, providerChecks } from '../src/describe-provider.ts'
import { broken } from './broken-presets.ts'
import { mistaken, unheeded } from './mistaken-presets.ts'
import { acme, freeze, sound } from './sound-presets.ts'

for (const preset of sound) describeProvider(freeze(preset))

describe('a broken preset fails', () => {
  test.each(mistaken)('%s: declared %o, actual %o', async (name, said, done) => {
    const preset: ProviderDefinition = { ...acme, ...said }
    const simulated: ProviderDefinition = { ...acme, ...done }
    expect(find(name).applies?.(preset) ?? true).toBe(true)
    await expect(find(name).check(preset, { simulated })).rejects.toThrow()
    await expect(find(name).check(preset, {})).resolves.toBeUndefined()
  })

  test.each(broken)('%s: %o', async (name, change, message) => {
    const preset = { ...acme, ...change } as ProviderDefinition
    expect(find(name).applies?.(preset) ?? true).toBe(true)
    expect(await failureOf(find(name), preset)).toMatch(message)
  })

  test.each(unheeded)('%s: declared %o, actual %o', async (name, said, done) => {
    let reads = 0
    const preset = { ...acme, redirectUri: said }
    Object.defineProperty(preset, 'redirectUri', { enumerable: true, get: () => (reads++ === 0 ? said : done) })
    expect(await failureOf(find(name), preset)).toMatch(/127\.0\.0\.1|localhost|com\.example\.app|https/)
  })

  test('and every check rejects at least one', () => {
    const failed = new Set([...broken, ...unheeded, ...mistaken].map(([name]) => name))
    expect(failed).toEqual(new Set(providerChecks.map(({ name }) => name)))
  })
})

function find(name: string): ProviderCheck {
  const check = providerChecks.find((candidate) => candidate.name === name)
  if (!check) throw new Error(`no check is called "${name}"`)
  return check
}

/** The message of a failed check, with the values that it compared. */
async function failureOf({ check }: ProviderCheck, preset: ProviderDefinition): Promise<string> {
  try {
    await check(preset, {})
  } catch (error) {
    const { message, actual, expected } = error as Error & { actual?: unknown; expected?: unknown }
    return [message, inspect(actual), inspect(expected)].join('\n')
  }
  throw new Error('the check passed')
}
