import { fillVariables, parseDefinition, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const acme = { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token' } }
const client = { clientId: 'cid' }
const messageOf = async (json: unknown): Promise<string> => {
  const error = await errorOf(() => parseDefinition(json))
  expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
  return error.message
}

describe('a definition is parsed', () => {
  test('from a string, or from what was parsed from one: a frozen copy', () => {
    const definition = parseDefinition(JSON.stringify(acme))
    expectTypeOf(definition).toEqualTypeOf<ProviderDefinition>()
    expect(definition).toEqual(acme)
    expect(Object.isFrozen(definition.metadata)).toBe(true)
    expect(parseDefinition(acme)).toEqual(acme)
    expect(Object.isFrozen(acme.metadata)).toBe(false)
  })

  test('once: what it returns is what a provider holds', () => {
    const definition = parseDefinition(acme)
    expect(new Provider(definition, client).definition).toBe(definition)
  })

  test('with hooks added in code', () => {
    const hooks = { callback: () => undefined }
    expect(new Provider({ ...parseDefinition(acme), hooks }, client).definition.hooks).toEqual(hooks)
  })

  test.each(['{ "clientSecret": "canary-secret" ', 'canary-secret', ''])(
    'from JSON only: %j is refused, and not quoted',
    async (text) => {
      expect(await messageOf(text)).toBe('the definition is not valid JSON')
    },
  )

  test.each([
    [undefined, 'the definition: write an object, not undefined'],
    ['null', 'the definition: write an object, not null'],
    ['[]', 'the definition: write an object, not an array'],
    ['"acme"', 'the definition: write an object, not a string'],
    [() => acme, 'the definition: write an object, not a function'],
  ])('%o is not one', async (json, message) => {
    expect(await messageOf(json)).toBe(message)
  })

  test.each([{}, { callback: 'x' }, null])('without hooks, which are functions: %j', async (hooks) => {
    expect(await messageOf({ ...acme, hooks })).toMatch(/^hooks: .* add them in code, \{ \.\.\.definition, hooks \}$/)
  })

  test('and is checked as the constructor checks it', async () => {
    expect((await errorOf(() => parseDefinition({ ...acme, apiOrigins: ['http://api.acme.example'] }))).code).toBe(
      'insecure_url',
    )
    const metadata = { token_endpoint: 'https://id.acme.example/token#a' }
    expect((await errorOf(() => parseDefinition({ ...acme, metadata }))).code).toBe('metadata_invalid')
  })

  test('without what is nested too deep', async () => {
    const metadata = JSON.parse(`${'{"a":'.repeat(100)}{}${'}'.repeat(100)}`) as object
    expect(await messageOf({ ...acme, metadata: { ...acme.metadata, ...metadata } })).toContain(
      'nested deeper than 64 levels',
    )
  })
})

describe('a definition with variables', () => {
  const template = (variable: object, url = 'https://{tenant}.acme.example/token') => ({
    name: 'acme',
    metadata: { token_endpoint: url },
    variables: { tenant: { pattern: '^.+$', ...variable } },
  })
  const anywhere = { hostSuffix: '.acme.example' }

  test('is parsed, and filled in later', () => {
    const definition = parseDefinition(template(anywhere))
    expect(definition).toEqual(template(anywhere))
    expect(Object.isFrozen(definition.variables)).toBe(true)
    expect(new Provider(fillVariables(definition, { tenant: 'blue' }), client).name).toBe('acme-blue')
  })

  test.each<[object, string?]>([
    [{ ...anywhere, pattern: '^[a-z]+$' }],
    [{ ...anywhere, example: 'blue' }],
    [anywhere, 'https://{tenant}/token'],
    [{}, 'https://id.acme.example/{tenant}/token'],
  ])('is checked with an example in place: %j in %s', (variable, url) => {
    expect(parseDefinition(template(variable, url)).name).toBe('acme')
  })

  test.each<[object, string, string?]>([
    [{ pattern: 'a' }, 'variables.tenant.pattern: write an expression from ^ to $'],
    [{ pattern: '^($' }, 'variables.tenant.pattern: this is not a valid regular expression with the flag u'],
    [{ ...anywhere, pattern: '^a$', example: 'b' }, 'variables.tenant.example: write one that matches the pattern'],
    [{}, 'variables.tenant.hostSuffix: the variable is part of a host'],
    [{ pattern: 5 }, 'variables.tenant.pattern: write a string, not a number'],
    [{ patern: '^a$' }, 'variables.tenant.patern: unknown field: write "pattern"'],
    [{ example: 'a#b' }, 'has a fragment', 'https://id.acme.example/{tenant}'],
  ])('is refused for what is wrong in it: %j: %s', async (variable, message, url) => {
    expect((await errorOf(() => parseDefinition(template(variable, url)))).message).toContain(message)
  })

  test('is refused where two tenants could share a name', async () => {
    const variable = { pattern: '^[a-z]+$', ...anywhere }
    const both = {
      ...template(anywhere),
      name: 'acme-{tenant}{region}',
      variables: { tenant: variable, region: variable },
    }
    expect(await messageOf(both)).toContain('write a hyphen between {tenant} and {region}')
  })
})
