import { fc, test } from '@fast-check/vitest'
import { fillVariables, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect } from 'vitest'
import { cases } from '../support/cases.ts'
import { errorOf } from '../support/scene.ts'

const word = { pattern: '^[a-zA-Z0-9.%-]{1,63}$', hostSuffix: '.acme.example' }
const metadata = { token_endpoint: 'https://{a}.acme.example/{b}/token' }

function template(name: string, changes: Partial<ProviderDefinition> = {}): ProviderDefinition {
  return { name, metadata, variables: { a: word, b: word }, ...changes }
}

const nameOf = (name: string, a: string, b: string) => fillVariables(template(name), { a, b }).name

/** Values of a few characters, so that two pairs of them meet often. */
const value = fc.stringMatching(/^[x2D%.-]{1,4}$/)
const host = fc.stringMatching(/^[x2d](?:[x2d-]{0,3}[x2d])?$/)
const names = fc.constantFrom(
  'acme',
  'acme-{a}',
  'acme-{b}',
  'acme-{a}-{b}',
  '{b}-{a}',
  '{a}-x-{b}-{a}',
  'acme-{a}.-{b}',
)

describe('two tenants do not share a name', () => {
  test.prop([names, host, value, host, value], cases)('whatever the values are', (name, a, b, c, d) => {
    fc.pre(a !== c || b !== d)
    expect(nameOf(name, a, b)).not.toBe(nameOf(name, c, d))
  })

  test.each([
    ['acme-{a}-{b}', ['x-y', 'z'], ['x', 'y-z']],
    ['acme-{a}-{b}', ['x-y', 'z'], ['x%2Dy', 'z']],
    ['acme-{a}', ['x', 'y-z'], ['x-y', 'z']],
    ['acme', ['x', 'y-z'], ['x-y', 'z']],
    ['acme', ['x', 'y'], ['x', 'z']],
  ] as const)('%s with %j and with %j', (name, one, other) => {
    const hosted = { token_endpoint: 'https://id.acme.example/{a}/{b}' }
    const [first, second] = [one, other].map(
      ([a, b]) => fillVariables(template(name, { metadata: hosted }), { a, b }).name,
    )
    expect(first).not.toBe(second)
  })
})

test('a name with one variable has its value as it is', () => {
  const variables = { a: word }
  const { name } = fillVariables(
    { name: 'acme-{a}', metadata: { token_endpoint: 'https://{a}.acme.example/token' }, variables },
    { a: 'blue-shop' },
  )
  expect(name).toBe('acme-blue-shop')
})

test('with several variables, a hyphen of a value is written %2D', () => {
  expect(nameOf('acme-{a}-{b}', 'x-y', 'z')).toBe('acme-x%2Dy-z')
})

test('a variable of an endpoint that the name lacks is added to it, and another one is not', () => {
  expect(nameOf('acme', 'x', 'y')).toBe('acme-x-y')
  expect(nameOf('acme-{b}', 'x', 'y')).toBe('acme-y-x')
  const headers = { 'user-agent': '{agent}' }
  const definition = template('acme-{a}-{b}', {
    tokenRequest: { headers },
    variables: { a: word, b: word, agent: { pattern: '^[a-z]+$' } },
  })
  expect(fillVariables(definition, { a: 'x', b: 'y', agent: 'me' }).name).toBe('acme-x-y')
})

test.each(['acme-{a}{b}', '{a}.{b}', 'acme-{b}x{a}'])(
  'the name %s, whose variables run together, is refused',
  async (name) => {
    const error = await errorOf(() => fillVariables(template(name), { a: 'x', b: 'y' }))
    expect(error).toMatchObject({ code: 'config_invalid' })
    expect(error.message).toContain('write a hyphen between')
  },
)

test('a definition without a name does not get one', async () => {
  const nameless = { ...template(''), name: undefined } as unknown as ProviderDefinition
  const error = await errorOf(() => new Provider(fillVariables(nameless, { a: 'x', b: 'y' }), { clientId: 'cid' }))
  expect(error.message).toContain('a provider needs a name')
})
