import { fillVariables, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf } from '../support/scene.ts'

const variable = {
  pattern: '^[a-z0-9-]{1,63}$',
  hostSuffix: '.acme.example',
  description: 'your shop',
  example: 'blue',
}
const template: ProviderDefinition<'read'> = {
  name: 'acme-{shop}',
  metadata: {
    authorization_endpoint: 'https://{shop}.acme.example/authorize',
    token_endpoint: 'https://{shop}.acme.example/token',
  },
  apiOrigins: ['https://{shop}.acme.example'],
  grants: { refresh_token: { endpoint: 'https://{shop}.acme.example/refresh' } },
  revocation: { endpoint: 'https://api.acme.example/{client_id}' },
  variables: { shop: variable },
}
const fill = (shop: unknown, changes: Partial<ProviderDefinition> = {}) =>
  fillVariables({ ...template, ...changes }, { shop } as Record<string, string>)

describe('#47: a definition of every tenant', () => {
  test('is filled in wherever the variable stands, and is a definition then', () => {
    const filled = fill('blue')
    expect(filled).toEqual({
      name: 'acme-blue',
      metadata: {
        authorization_endpoint: 'https://blue.acme.example/authorize',
        token_endpoint: 'https://blue.acme.example/token',
      },
      apiOrigins: ['https://blue.acme.example'],
      grants: { refresh_token: { endpoint: 'https://blue.acme.example/refresh' } },
      revocation: { endpoint: 'https://api.acme.example/{client_id}' },
    })
    expect(new Provider(filled, { clientId: 'cid' }).name).toBe('acme-blue')
    expect(template.name).toBe('acme-{shop}')
  })

  test.each([
    '',
    'evil.example/',
    'evil.example#',
    'a@evil.example',
    'BLUE',
    'a'.repeat(64),
    'blue\n',
    '..',
    undefined,
    5,
  ])('takes no %j', async (shop) => {
    const error = await errorOf(() => fill(shop))
    expect(error).toMatchObject({ code: 'config_invalid', message: 'shop: write your shop, such as "blue"' })
  })

  test.each(['evil.example/', 'evil.example?', 'evil.example#', 'evil.example\\', 'x@evil.example/'])(
    'leads nowhere else with %j, even if its pattern is careless',
    async (shop) => {
      const careless = { shop: { ...variable, pattern: '^.*$' } }
      expect((await errorOf(() => fill(shop, { variables: careless }))).message).toContain('.acme.example')
    },
  )

  test.each([
    [{ pattern: '[a-z]+' }, 'variables.shop.pattern: write an expression from ^ to $'],
    [{ pattern: 7 }, 'variables.shop.pattern: write an expression from ^ to $'],
    [{ pattern: '^($' }, 'variables.shop.pattern: this is not a valid regular expression'],
    [{ hostSuffix: undefined }, 'variables.shop.hostSuffix: the variable is part of a host'],
    [{ hostSuffix: 'acme.example' }, 'variables.shop.hostSuffix'],
    [{ hostSuffix: '.example' }, 'variables.shop.hostSuffix'],
  ])('says what is wrong with the variable itself: %o', async (change, message) => {
    const variables = { shop: { ...variable, ...change } } as ProviderDefinition['variables']
    expect((await errorOf(() => fill('blue', { variables: variables! }))).message).toContain(message)
  })

  test('matches the whole pattern, whatever stands inside it', async () => {
    const either = { shop: { ...variable, pattern: '^a|b$' } }
    expect(fill('b', { variables: either }).name).toBe('acme-b')
    await errorOf(() => fill('axx', { variables: either }))
  })

  test('needs no host for a variable of the path', () => {
    const path = {
      name: 'acme',
      metadata: { token_endpoint: 'https://id.acme.example/{tenant}/token' },
      variables: { tenant: { pattern: '^[a-z]+$' } },
    }
    expect(fillVariables(path, { tenant: 'blue' }).metadata.token_endpoint).toBe('https://id.acme.example/blue/token')
  })

  test('and does not trust what came as JSON', async () => {
    const error = await errorOf(() => fill('blue', { variables: { shop: null } as never }))
    expect(error.message).toContain('variables.shop.pattern: write an expression')
    expect((await errorOf(() => fill('blue', { variables: null as never }))).message).toContain(
      'is not a variable of this definition: it has none',
    )
  })

  test('knows its variables', async () => {
    const error = await errorOf(() => fillVariables(template, { shop: 'blue', region: 'eu' }))
    expect(error.message).toContain('region is not a variable of this definition: it has shop')
  })
})
