import { AuthorizationCode, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { auth0 } from '../src/auth0.ts'
import { basecamp } from '../src/basecamp.ts'
import { cognito } from '../src/cognito.ts'
import { docusign } from '../src/docusign.ts'
import { facebook } from '../src/facebook.ts'
import { keycloak } from '../src/keycloak.ts'
import { mastodon } from '../src/mastodon.ts'
import { okta } from '../src/okta.ts'
import { paypal } from '../src/paypal.ts'
import { quickbooks } from '../src/quickbooks.ts'
import { zendesk } from '../src/zendesk.ts'
import { zoho } from '../src/zoho.ts'

/** What is not a host, or not only a host. */
const notHosts = [
  '',
  'acme',
  'https://acme.example',
  'acme.example/',
  'acme.example:8443',
  'a@acme.example',
  'acme.example#',
  'ACME.example',
  'acme.example.',
  '-acme.example',
  '10.0.0.1',
  'acme.example\n',
]

describe('whoever chooses the tenant cannot choose who gets the secret', () => {
  test.each(notHosts)('auth0, mastodon, okta and cognito refuse %j', (host) => {
    expect(() => auth0(host)).toThrow(/such as "acme.eu.auth0.com"/)
    expect(() => mastodon(host)).toThrow(/such as "mastodon.example"/)
    expect(() => okta(host)).toThrow(/such as "acme.okta.com"/)
    expect(() => cognito(host, 'eu-west-1', 'eu-west-1_Example1')).toThrow(/such as "my-app.auth.eu-west-1/)
  })

  test.each(['', 'default/', '../x', 'a b', 'x?'])('okta refuses the authorization server %j', (server) => {
    expect(() => okta('acme.okta.com', server)).toThrow(/such as "default"/)
  })

  test.each([
    ['EU', 'EU_Example1', /a region has to be/],
    ['eu-west-1.evil.example/', 'x_Example1', /a region has to be/],
    ['eu-west-1', 'us-east-1_Example1', /has to begin with its region/],
    ['eu-west-1', 'eu-west-1_a/b', /has to begin with its region/],
  ])('cognito refuses the region %j with the pool %j', (region, pool, message) => {
    expect(() => cognito('id.acme.example', region, pool)).toThrow(message)
  })

  test.each(['', 'acme.zendesk.com', 'acme/', 'evil.example/', 'ACME', '-acme', 'a_b'])(
    'zendesk refuses %j',
    (name) => {
      expect(() => zendesk(name)).toThrow(/such as "acme" of acme.zendesk.com/)
    },
  )

  test.each([
    '',
    'id.example',
    'http://id.example',
    'https://u:p@id.example',
    'https://id.example?x',
    'https://id.example#x',
  ])('keycloak refuses the server %j', (url) => expect(() => keycloak(url, 'staff')).toThrow(/has to be an https URL/))

  test.each(['', '..', 'a/b', 'a b', 'a?b', 'a#b', '.hidden'])('keycloak refuses the realm %j', (realm) => {
    expect(() => keycloak('https://id.example', realm)).toThrow(/such as "staff"/)
  })

  test.each(['', 'v22', '22.0', 'v22.0/', 'v22.0/../x'])('facebook refuses the version %j', (version) => {
    expect(() => facebook(version)).toThrow(/like "v22.0"/)
  })

  test.each(['', ' ', 'a\r\nb: c', 'é'])('basecamp refuses the user agent %j', (userAgent) => {
    expect(() => basecamp(userAgent)).toThrow(/printable ASCII/)
  })

  test('an environment that is not listed is refused, even one that every object has', () => {
    expect(() => paypal('toString' as 'live')).toThrow(/"live" or "sandbox"/)
    expect(() => quickbooks('toString' as 'sandbox')).toThrow(/"production" or "sandbox"/)
    expect(() => docusign('toString' as 'demo')).toThrow(/"production" or "demo"/)
    expect(() => zoho('evil.example' as 'eu')).toThrow(/one of com, eu/)
  })
})

test('auth0 and okta know their issuers, with a slash and with the authorization server', () => {
  expect(auth0('id.acme.example').metadata.issuer).toBe('https://id.acme.example/')
  expect(okta('acme.okta.com').metadata).toMatchObject({
    issuer: 'https://acme.okta.com',
    token_endpoint: 'https://acme.okta.com/oauth2/v1/token',
  })
  expect(okta('acme.okta.com', 'default').metadata).toMatchObject({
    issuer: 'https://acme.okta.com/oauth2/default',
    token_endpoint: 'https://acme.okta.com/oauth2/default/v1/token',
  })
})

test('keycloak may be below a path, with or without a slash at the end', () => {
  const issuer = 'https://id.acme.example/auth/realms/staff'
  for (const url of ['https://id.acme.example/auth', 'https://id.acme.example/auth/'])
    expect(keycloak(url, 'staff').metadata.issuer).toBe(issuer)
})

test('zoho asks the data centre of the user for the token, and no other host', async () => {
  const asked: string[] = []
  const fetch = async (url: unknown) => {
    asked.push(new URL(url instanceof Request ? url.url : String(url)).host)
    return Response.json({ access_token: 'a', token_type: 'Bearer', api_domain: 'https://www.zohoapis.eu' })
  }
  const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
  const login = new Provider(zoho(), client, { fetch }).grant(AuthorizationCode)
  const ask = async (host: string) => {
    const { transaction } = await login.authorize({ scope: ['ZohoCRM.modules.ALL'] })
    const callback = new URLSearchParams({
      code: 'abc',
      state: transaction.state,
      'accounts-server': `https://${host}`,
    })
    return login.requestToken(`?${callback}`, transaction)
  }
  expect((await ask('accounts.zoho.eu')).extra['api_domain']).toBe('https://www.zohoapis.eu')
  await expect(ask('accounts.zoho.evil.example')).rejects.toThrow(/names a token endpoint/)
  expect(asked).toEqual(['accounts.zoho.eu'])
})
