import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { parseDefinition } from '../../src/index.ts'
import { errorOf } from '../support/scene.ts'
import { everything, withValue, wrongKinds } from '../support/hostile-definitions.ts'
import { fits, type Schema } from './json-schema.ts'

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../provider.schema.json'), 'utf8')) as Schema

test('the package publishes it', () => {
  expect(packageJson.files).toContain('provider.schema.json')
  expect(packageJson.exports['./provider.schema.json']).toBe('./provider.schema.json')
})

test('every field says what it means', () => {
  expect(silent(schema)).toEqual([])
})

/** Providers that need a field, as the comments name them. */
const providers =
  /Apple|Atlassian|Basecamp|Clover|Conta Azul|Doorkeeper|Dropbox|eBay|Figma|Fiserv|GitHub|Glewlwyd|Google|Instagram|LINE|LinkedIn|Mailchimp|Entra|monday|Notion|Okta|QuickBooks|Reddit|Sage Intacct|Salesforce|Sentry|Shopify|Slack|Spotify|Strava|Stripe|TikTok|Transporeon|Twitch|WeChat|Withings|\bX\b|Zendesk|Zoho|Zoom/

test('every field that is about what a provider does names one that does it', () => {
  const fields = described(schema)
  expect(fields.length).toBeGreaterThan(100)
  expect(fields.filter(([path, said]) => !plain.test(path) && !providers.test(said)).map(([path]) => path)).toEqual([])
})

/** What every definition has, or what only a reader needs. */
const plain =
  /^(?:\$schema|name|apiOrigins|authorizationDetailsTypes|metadata\..*|scopes\..*|sources\..*|unverified\..*|variables\..*\.(?:description|example)|(?:.*\.)?source|api\.errors\.\*\.(?:action|message))$/

/** The fields that hold no others, with what they and the fields around them say. */
function described(
  { properties, additionalProperties, items, description = '' }: Schema,
  path: readonly string[] = [],
  before = '',
): readonly (readonly [path: string, said: string])[] {
  const said = before + description
  const nested = typeof additionalProperties === 'object' ? additionalProperties : items
  if (properties)
    return Object.entries(properties).flatMap(([name, field]) =>
      described(field, [...path, name], path.length === 0 ? '' : said),
    )
  return nested?.properties ? described(nested, [...path, '*'], said) : [[path.join('.'), said]]
}

/** Fields of a response have the names of the standards, which say what they mean. */
const wireName = /^tokenResponse\.(?:members|absent)\./

/** The paths of the fields without a description. */
function silent({ properties = {}, additionalProperties, items }: Schema, path = ''): readonly string[] {
  const nested = typeof additionalProperties === 'object' ? additionalProperties : items
  const own = Object.entries(properties).flatMap(([name, field]) => {
    const inside = silent(field, `${path}${name}.`)
    return field.description || wireName.test(path) ? inside : [`${path}${name}`].concat(inside)
  })
  return nested ? [...own, ...silent(nested, `${path}*.`)] : own
}

describe('the schema', () => {
  const acme = { name: 'acme', metadata: { token_endpoint: 'https://id.acme.example/token', anything: [1] } }

  test.each([
    {},
    { $schema: './provider.schema.json', scopes: { read: { description: 'Read.' } } },
    { tokenResponse: { formEncoded: true, absent: { scope: [null, '', 0] }, expiresIn: { format: 'date' } } },
    { grants: { 'urn:acme:partner': { endpoint: 'https://id.acme.example/x', method: 'GET' } } },
    { sources: [{ url: 'https://docs.acme.example', read: '2026-11-20' }] },
    { idToken: { issuer: 'https://id.acme.example/{tid}', authTime: 'last_sign_in' } },
  ])('takes %j', (more) => expect(fits({ ...acme, ...more }, schema)).toBe(true))

  test.each([
    { name: undefined },
    { metadata: {} },
    { pkce: 'maybe' },
    { idToken: { authTime: 'now' } },
    { tokenResponce: {} },
    { tokenResponse: { formEncoded: false } },
    { grants: { refresh_token: { methd: 'GET' } } },
    { sources: [{ url: 'https://docs.acme.example' }] },
    { api: { rateLimit: {} } },
    { hooks: {} },
  ])('does not take %j', (more) => {
    expect(fits(JSON.parse(JSON.stringify({ ...acme, ...more })), schema)).toBe(false)
  })

  test('says the same as parseDefinition, of every field and every wrong kind', async () => {
    expect(fits(everything, schema)).toBe(true)
    expect(parseDefinition(everything)).toEqual(everything)
    expect(wrongKinds.length).toBeGreaterThan(1000)
    for (const { path, value } of wrongKinds) {
      const wrong = JSON.stringify(withValue(everything, path, value))
      expect([wrong, fits(JSON.parse(wrong), schema)]).toEqual([wrong, false])
      expect((await errorOf(() => parseDefinition(wrong))).code).toBe('config_invalid')
    }
  })
})
