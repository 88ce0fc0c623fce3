import { AuthorizationCode, Provider, type ProviderDefinition, Refresh, type Token } from '@grantkit/core'
import { simulateProvider } from '@grantkit/testing/server'
import { expect, test } from 'vitest'
import { atlassian } from '../src/atlassian.ts'
import { digitalocean } from '../src/digitalocean.ts'
import { facebook } from '../src/facebook.ts'
import { figma } from '../src/figma.ts'
import { quickbooks } from '../src/quickbooks.ts'
import { stripe } from '../src/stripe.ts'
import { withings } from '../src/withings.ts'
import { zendesk } from '../src/zendesk.ts'

/** Logs in at the simulation of a preset and refreshes; tells what was sent where. */
async function run(preset: ProviderDefinition) {
  await using simulation = await simulateProvider(preset)
  const provider = new Provider(simulation.definition, simulation.clients.confidential)
  const login = provider.grant(AuthorizationCode)
  const { url, transaction } = await login.authorize()
  const token = await login.requestToken(await simulation.logIn(url), transaction)
  const fresh = await provider.grant(Refresh).requestToken(token)
  const [, exchange, refresh] = await simulation.requests()
  return { url, token, fresh, exchange: exchange!, refresh: refresh! }
}

/** The user name and password of Basic. */
function basic({ headers }: { readonly headers: Readonly<Record<string, string | undefined>> }): string {
  return atob(headers['authorization']?.replace('Basic ', '') ?? '')
}

test('Facebook: a refresh trades the access token, and the new one is traded next', async () => {
  const { token, fresh, refresh } = await run(facebook())
  const sent = new URL(refresh.url).searchParams
  expect(sent.get('grant_type')).toBe('fb_exchange_token')
  expect(sent.get('fb_exchange_token')).toBe(token.accessToken)
  const kept = ({ accessToken, refreshToken }: Token) => accessToken === refreshToken
  expect([kept(token), kept(fresh), fresh.accessToken === token.accessToken]).toEqual([true, true, false])
})

test('Figma: a refresh goes to its own endpoint, without a grant type', async () => {
  const { exchange, refresh } = await run(figma)
  expect([exchange.path, refresh.path]).toEqual(['/api.figma.com/v1/oauth/token', '/api.figma.com/v1/oauth/refresh'])
  expect(refresh.form).not.toHaveProperty('grant_type')
})

test('DigitalOcean: a refresh goes to its own endpoint, with a grant type', async () => {
  const { refresh } = await run(digitalocean)
  expect(refresh.path).toBe('/cloud.digitalocean.com/v1/oauth/refresh')
  expect(refresh.form).toMatchObject({ grant_type: 'refresh_token' })
})

test('Stripe: the secret is the user name of Basic, with an empty password', async () => {
  const { exchange, refresh, token } = await run(stripe)
  for (const request of [exchange, refresh]) expect(basic(request)).toMatch(/^[^:]+:$/)
  expect(token.expiresAt).toBeTypeOf('number')
})

test('Withings: every token request has its action', async () => {
  const { exchange, refresh } = await run(withings)
  for (const { form } of [exchange, refresh]) expect(form).toMatchObject({ action: 'requesttoken' })
})

test('Zendesk: every token request asks for half an hour', async () => {
  const { exchange, refresh } = await run(zendesk('acme'))
  for (const { form } of [exchange, refresh]) expect(form).toMatchObject({ expires_in: '1800' })
})

test('QuickBooks: the company and the lifetime of the refresh token are kept', async () => {
  const { token } = await run(quickbooks())
  expect(token.extra['realmId']).toBeTypeOf('string')
  expect(token.refreshExpiresAt).toBeTypeOf('number')
})

test('Atlassian: a login asks for offline access unless it says otherwise', async () => {
  const { url, token } = await run(atlassian)
  expect(url.searchParams.get('scope')).toBe('offline_access')
  expect(token.refreshToken).toBeTypeOf('string')
})
