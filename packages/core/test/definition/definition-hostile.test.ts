import { fc, test } from '@fast-check/vitest'
import { Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { everything, withValue, wrongKinds } from '../support/hostile-definitions.ts'
import { runHostile } from '../support/hostile-stage.ts'
import { client } from '../support/offline-provider.ts'
import { errorOf } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

const acme: ProviderDefinition = { name: 'acme', metadata }
const itself = 'its place'
const fields = [...new Set(wrongKinds.map(({ path: [field = itself] }) => field))]

describe('a definition that came as JSON, and that nobody checked', () => {
  test('is run to its end, where nothing is wrong with it', async () => {
    expect(await runHostile(everything)).toEqual({ constructed: true, tokens: 3, harm: [] })
    expect(await runHostile(acme)).toMatchObject({ constructed: true, harm: [] })
  })

  test.each(fields)('is refused or does no harm, whatever stands in %s', async (field) => {
    const wrong = wrongKinds.filter(({ path: [first = itself] }) => first === field)
    expect(wrong.length).toBeGreaterThan(5)
    for (const { path, value } of wrong) {
      const { harm } = await runHostile(fromJson(withValue(everything, path, value)))
      expect([path, value, harm]).toEqual([path, value, []])
    }
  })

  test.prop([fc.array(fc.constantFrom(...wrongKinds), { maxLength: 4 })], { numRuns: 300 })(
    'is refused or does no harm, whatever stands in several fields',
    async (wrong) => {
      const json = wrong.reduce((whole, { path, value }) => withValue(whole, path, value), acme as unknown)
      expect((await runHostile(fromJson(json))).harm).toEqual([])
    },
  )

  test('is refused where it is nested deeper than a stack', async () => {
    let definition: ProviderDefinition = acme
    for (let i = 0; i < 100_000; i++) definition = { ...acme, scopes: { definition } as never }
    expect((await errorOf(() => new Provider(definition, client))).message).toContain('nested deeper')
  })
})

function fromJson(json: unknown): ProviderDefinition {
  return JSON.parse(JSON.stringify(json) ?? 'null') as ProviderDefinition
}
