import schema from '@grantkit/core/provider.schema.json' with { type: 'json' }
import { parseDefinition, Provider } from '@grantkit/core'
import { expect, test } from 'vitest'
import { fits, type Schema } from '../../core/test/definition/json-schema.ts'
import { presets } from './presets.ts'

const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }

test.each(presets)('$name fits the schema that is published, and is the same when it comes as JSON', (preset) => {
  const parsed = parseDefinition(JSON.stringify(preset))
  expect(fits(parsed, schema as Schema)).toBe(true)
  expect(new Provider(parsed, client).definition).toEqual(preset)
})

test.each(presets)('$name with a field that is misspelt does not fit', (preset) => {
  const misspelt = { ...preset, refreshTokn: preset.refreshToken ?? {} }
  expect(fits(misspelt, schema as Schema)).toBe(false)
  expect(() => parseDefinition(misspelt)).toThrow(/^refreshTokn: .* write "refreshToken"$/)
})
