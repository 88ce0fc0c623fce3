import { globSync } from 'node:fs'
import { fc, test } from '@fast-check/vitest'
import { Pkce, Provider, type ProviderDefinition } from '@grantkit/core'
import { describe, expect } from 'vitest'
import { cases } from '../../core/test/support/cases.ts'
import { auth0 } from '../src/auth0.ts'
import { cognito } from '../src/cognito.ts'
import { docusign } from '../src/docusign.ts'
import { entra } from '../src/entra.ts'
import { gitlab } from '../src/gitlab.ts'
import { keycloak } from '../src/keycloak.ts'
import { mastodon } from '../src/mastodon.ts'
import { okta } from '../src/okta.ts'
import { paypal } from '../src/paypal.ts'
import { quickbooks } from '../src/quickbooks.ts'
import { reddit } from '../src/reddit.ts'
import { salesforce } from '../src/salesforce.ts'
import { shopify } from '../src/shopify.ts'
import { zendesk } from '../src/zendesk.ts'
import { zoho } from '../src/zoho.ts'

/** The labels of a host, drawn from so few characters that neighbours such as `a-b` and `a.b` meet often. */
const label = fc.stringMatching(/^[ab](?:[ab-]{0,3}[ab])?$/)
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const path = fc.stringMatching(/^(?:\/[ab.-]{0,3}){0,3}$/)
const port = fc.constantFrom('', ':443', ':8443')
const guid = fc.stringMatching(/^[ab]{8}-[ab]{4}-[ab]{4}-[ab]{4}-[ab]{12}$/)
const anyCase = (tenant: fc.Arbitrary<string>) =>
  fc.tuple(tenant, fc.boolean()).map(([text, upper]) => (upper ? text.toUpperCase() : text))

const domain = host.map((text) => `${text}.aa`)
/** Two arguments in one string. */
const pair = (first: fc.Arbitrary<string>, second: fc.Arbitrary<string>) =>
  fc.tuple(first, second).map((both) => both.join(' '))

type Preset = (tenant: string) => ProviderDefinition

/** Every preset whose name has its argument in it, with arguments that it accepts. */
const tenants: readonly (readonly [name: string, preset: Preset, argument: fc.Arbitrary<string>])[] = [
  [
    'entra',
    entra,
    fc.oneof(
      fc.constantFrom('common', 'organizations', 'consumers'),
      anyCase(guid),
      anyCase(host.map((text) => `${text}.aa`)),
    ),
  ],
  [
    'gitlab',
    gitlab,
    fc.oneof(
      fc.constantFrom('https://gitlab.com', 'https://GitLab.com/', 'https://gitlab-com', 'https://gitlab.com/gitlab'),
      fc.tuple(anyCase(host), port, path).map(([name, number, rest]) => `https://${name}${number}${rest}`),
    ),
  ],
  [
    'salesforce',
    salesforce,
    fc
      .tuple(fc.oneof(host, fc.constantFrom('login', 'test')), fc.constantFrom('', '.sandbox', '.my', '.sandbox.my'))
      .chain(([name, middle]) =>
        fc.constantFrom('.salesforce.com', '.my.salesforce.com', '.my.site.com').map((end) => name + middle + end),
      ),
  ],
  ['shopify', shopify, fc.stringMatching(/^[ab1][ab1-]{0,5}$/)],
  ['zendesk', zendesk, fc.stringMatching(/^[ab1][ab1-]{0,5}$/)],
  ['auth0', auth0, domain],
  ['mastodon', mastodon, domain],
  ['cognito', (text) => cognito(text, 'eu-west-1', 'eu-west-1_Example1'), domain],
  [
    'okta',
    (text) => okta(...(text.split(' ') as [string])),
    fc.oneof(domain, pair(domain, fc.constantFrom('a', 'ab'))),
  ],
  [
    'keycloak',
    (text) => keycloak(...(text.split(' ') as [string, string])),
    pair(
      fc.tuple(domain, port, path).map((parts) => `https://${parts.join('')}`),
      fc.stringMatching(/^[ab][ab.-]{0,3}$/),
    ),
  ],
]

/** Presets whose argument doesn't choose who gets the secret: all of them have the name of the provider. */
const unnamed = ['reddit', 'basecamp', 'facebook']
/** Presets whose argument is one of a few. */
const choices = ['docusign', 'paypal', 'quickbooks', 'zoho']

/** An argument, and the same one with a separator written otherwise. */
function twins(argument: fc.Arbitrary<string>): fc.Arbitrary<readonly [string, string]> {
  return fc.tuple(argument, fc.nat(9), fc.constantFrom('.', '-', '--', '/', '')).map(([text, which, separator]) => {
    const places = [...text.matchAll(/(?<!:|:\/)[./-]/g)].map(({ index }) => index)
    const place = places[which % places.length] ?? text.length
    return [text, text.slice(0, place) + separator + text.slice(place + 1)]
  })
}

function accepted(preset: Preset, tenant: string): ProviderDefinition | undefined {
  try {
    return preset(tenant)
  } catch {
    return undefined
  }
}

/** A login is more work than a name, and meets the same tenants. */
const logins = { ...cases, numRuns: Math.ceil(cases.numRuns / 20) }

describe.each(tenants)('%s', (_name, preset, argument) => {
  test.prop([twins(argument)], cases)('different tenants have different names', ([first, second]) => {
    const [one, other] = [preset(first), accepted(preset, second)]
    if (one.name === other?.name) expect(one).toEqual(other)
    expect(one.name).not.toMatch(/[\sA-Z?#@]/)
  })

  test.prop([twins(argument)], logins)('no tenant can complete the login of another', async ([first, second]) => {
    const [one, other] = [preset(first), accepted(preset, second)]
    fc.pre(other !== undefined && one.metadata.token_endpoint !== other.metadata.token_endpoint)
    const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
    const { transaction } = await new Provider(one, client).grant(Pkce).authorize({ scope: [] })
    const fetch = async () => expect.unreachable('nothing is sent')
    const callback = `?code=abc&state=${transaction.state}`
    const login = new Provider(other, client, { fetch }).grant(Pkce)
    await expect(login.requestToken(callback, transaction)).rejects.toMatchObject({ code: 'state_mismatch' })
  })
})

test('every preset that is a function is here', async () => {
  const folder = new URL('../src/', import.meta.url).pathname
  const modules = globSync('*.ts', { cwd: folder }).filter((file) => file !== 'freeze.ts')
  const exports = await Promise.all(modules.map(async (file) => (await import(folder + file)) as object))
  const functions = exports.flatMap((module) =>
    Object.entries(module).filter(([, value]) => typeof value === 'function'),
  )
  const known = [...tenants.map(([name]) => name), ...unnamed, ...choices]
  expect(functions.map(([name]) => name).toSorted()).toEqual(known.toSorted())
  expect(reddit('web:example-app:v1').name).toBe(reddit('web:example-app:v2').name)
})

test('a sandbox and a data centre have names of their own', () => {
  expect([paypal(), paypal('sandbox')].map(({ name }) => name)).toEqual(['paypal', 'paypal-sandbox'])
  expect([docusign(), docusign('demo')].map(({ name }) => name)).toEqual(['docusign', 'docusign-demo'])
  expect([quickbooks(), quickbooks('sandbox')].map(({ name }) => name)).toEqual(['quickbooks', 'quickbooks-sandbox'])
  expect([zoho(), zoho('com.au')].map(({ name }) => name)).toEqual(['zoho', 'zoho-com.au'])
})

test('two sandboxes, two forms of a Salesforce host and two spellings of a shop keep names of their own', () => {
  const names = [
    salesforce('acme--uat.sandbox.my.salesforce.com'),
    salesforce('acme-uat-sandbox.my.salesforce.com'),
    salesforce('acme.my.salesforce.com'),
    salesforce('acme.salesforce.com'),
    salesforce('acme.my.site.com'),
    shopify('blue'),
    shopify('blue-'),
    entra('a-b.example'),
    entra('a.b.example'),
    gitlab('https://git-acme.example'),
    gitlab('https://git.acme.example'),
    gitlab('https://git.acme.example/a-b'),
    gitlab('https://git.acme.example/a/b'),
  ].map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})

test('a tenant of Entra in capital letters is the same tenant, with the issuer that its ID tokens name', () => {
  const tenant = 'ABCDEF12-2222-4333-8444-555555555555'
  expect(entra(tenant)).toEqual(entra(tenant.toLowerCase()))
  expect(entra('Contoso.onmicrosoft.com')).toEqual(entra('contoso.onmicrosoft.com'))
})
