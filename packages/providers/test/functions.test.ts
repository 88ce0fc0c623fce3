import { describe, expect, test } from 'vitest'
import { entra } from '../src/entra.ts'
import { gitlab } from '../src/gitlab.ts'
import { reddit } from '../src/reddit.ts'
import { salesforce } from '../src/salesforce.ts'
import { shopify } from '../src/shopify.ts'

describe('#47: who chooses the tenant does not choose who gets the secret', () => {
  test.each([
    '',
    'evil.example/',
    'evil.example/x?',
    '../consumers',
    'a b',
    'common#',
    'evil@example.com',
    'tenant',
    '{tid}',
  ])('entra(%j) throws', (tenant) => expect(() => entra(tenant)).toThrow(TypeError))

  test.each([
    '',
    'blue.evil.example',
    'evil.example/',
    'BLUE',
    'blue_shop',
    '-blue',
    'x@evil.example',
    'blue.myshopify.com',
  ])('shopify(%j) throws', (shop) => expect(() => shopify(shop)).toThrow(/such as "blue-shop"/))

  test.each([
    '',
    'salesforce.com',
    'evil.example',
    'salesforce.com.evil.example',
    'evil.example/.salesforce.com',
    'my.site.com',
    'acme.site.com',
    'acme.my.site.com.evil.example',
    'acme.mymy.site.com.',
    'a@b.salesforce.com',
  ])('salesforce(%j) throws', (host) => expect(() => salesforce(host)).toThrow(/has to end with/))

  test.each([
    '',
    'git.acme.example',
    'http://git.acme.example',
    'https://u:p@git.acme.example',
    'https://git.acme.example/?x',
    'javascript:1',
  ])('gitlab(%j) throws', (instance) => expect(() => gitlab(instance)).toThrow(/has to be an https URL/))

  test.each(['', ' ', 'a\r\nb: c', 'é'])('reddit(%j) throws', (userAgent) => {
    expect(() => reddit(userAgent)).toThrow(/printable ASCII/)
  })
})

test('entra leads to the tenant, and knows its issuer where the tenant is a GUID', () => {
  const tenant = '11111111-2222-4333-8444-555555555555'
  expect(entra(tenant)).toMatchObject({
    metadata: {
      issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
      token_endpoint: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    },
  })
  expect(entra(tenant).idToken).toBeUndefined()
  expect(entra('common').idToken?.issuer).toBe('https://login.microsoftonline.com/{tid}/v2.0')
})

test('gitlab may be below a path, with or without a slash at the end', () => {
  const { metadata, apiOrigins, name } = gitlab('https://git.acme.example/tools/')
  expect(metadata.issuer).toBe('https://git.acme.example/tools')
  expect(metadata.token_endpoint).toBe('https://git.acme.example/tools/oauth/token')
  expect([apiOrigins, name]).toEqual([['https://git.acme.example'], 'gitlab-git.acme.example/tools'])
  expect(gitlab('https://git.acme.example/tools').metadata).toEqual(metadata)
})

test('salesforce is at the login host, a sandbox or a My Domain', () => {
  const endpointOf = (host?: string) => salesforce(host).metadata.token_endpoint
  expect(endpointOf()).toBe('https://login.salesforce.com/services/oauth2/token')
  expect(endpointOf('test.salesforce.com')).toBe('https://test.salesforce.com/services/oauth2/token')
  expect(salesforce('acme--dev.sandbox.my.salesforce.com').name).toBe('salesforce-acme--dev.sandbox.my.salesforce.com')
})
