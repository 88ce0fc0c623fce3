import { AuthorizationCode, Provider, type ProviderDefinition } from '@grantkit/core'
import { providerChecks } from '@grantkit/testing'
import { simulateProvider } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { apple } from '../src/apple.ts'
import { discord } from '../src/discord.ts'
import { dropbox } from '../src/dropbox.ts'
import { entra } from '../src/entra.ts'
import { github } from '../src/github.ts'
import { gitlab } from '../src/gitlab.ts'
import { google } from '../src/google.ts'
import { linkedin } from '../src/linkedin.ts'
import { notion } from '../src/notion.ts'
import { reddit } from '../src/reddit.ts'
import { salesforce } from '../src/salesforce.ts'
import { shopify } from '../src/shopify.ts'
import { slack, slackSignIn, slackUser } from '../src/slack.ts'
import { tiktok, tiktokDesktop } from '../src/tiktok.ts'
import { twitch } from '../src/twitch.ts'
import { x } from '../src/x.ts'
import { presets } from './presets.ts'

type OffersOpenid<Scope extends string> = 'openid' extends Scope ? true : false

/** A preset, and whether the scope `openid` compiles with it. */
function typed<Scope extends string>(preset: ProviderDefinition<Scope>, offers: OffersOpenid<Scope>) {
  return { preset: preset as ProviderDefinition, offers: offers as boolean }
}

const all = [
  typed(apple, true),
  typed(discord, false),
  typed(dropbox, true),
  typed(entra('common'), true),
  typed(github, false),
  typed(gitlab(), true),
  typed(google, true),
  typed(linkedin, true),
  typed(notion, false),
  typed(reddit('web:example-app:v1 (by /u/example)'), false),
  typed(salesforce(), true),
  typed(shopify('blue-shop'), false),
  typed(slack, false),
  typed(slackSignIn, true),
  typed(slackUser, false),
  typed(tiktok, false),
  typed(tiktokDesktop, false),
  typed(twitch, true),
  typed(x, false),
]

test('every preset is here', () => {
  const first = (name: string) => name.split(/-(?!desktop|user|sign)/)[0]
  expect(new Set(all.map(({ preset }) => first(preset.name)))).toEqual(new Set(presets.map(({ name }) => first(name))))
})

describe.each(all)('$preset.name', ({ preset, offers }) => {
  test('says at run time whether it offers OpenID Connect, and has what a login with it needs', () => {
    const { issuer, jwks_uri, scopes_supported: scopes = [] } = preset.metadata
    expect(scopes.includes('openid')).toBe(offers)
    expect(issuer !== undefined && jwks_uri !== undefined).toBe(offers)
  })
})

test.each(all.filter(({ offers }) => offers))(
  '$preset.name logs a user in with openid, and says who it is',
  async ({ preset }) => {
    await using simulation = await simulateProvider(preset)
    const login = new Provider(simulation.definition, simulation.clients.confidential).grant(AuthorizationCode)
    const { url, transaction } = await login.authorize({ scope: ['openid'] })
    const token = await login.requestToken(await simulation.logIn(url), transaction)
    expect(token.claims?.['sub']).toBe('ada')
  },
)

test.each([
  [dropbox, 'https://www.dropbox.com', 'https://www.dropbox.com/.well-known/jwks'],
  [linkedin, 'https://www.linkedin.com/oauth', 'https://www.linkedin.com/oauth/openid/jwks'],
  [twitch, 'https://id.twitch.tv/oauth2', 'https://id.twitch.tv/oauth2/keys'],
  [slackSignIn, 'https://slack.com', 'https://slack.com/openid/connect/keys'],
  [salesforce(), 'https://login.salesforce.com', 'https://login.salesforce.com/id/keys'],
  [salesforce('acme.my.site.com'), 'https://acme.my.site.com', 'https://acme.my.site.com/id/keys'],
] as const)('$name has the issuer %s and the keys %s', ({ metadata }, issuer, jwks_uri) => {
  expect(metadata).toMatchObject({ issuer, jwks_uri })
})

test.each(all.filter(({ offers }) => offers))(
  '$preset.name without its issuer or its keys fails the contract',
  async ({ preset }) => {
    for (const field of ['issuer', 'jwks_uri'] as const) {
      const { [field]: _, ...metadata } = preset.metadata
      const broken = { ...preset, metadata } as ProviderDefinition
      const checks = providerChecks
        .filter(({ applies }) => applies?.(broken) !== false)
        .map(async ({ check }) => check(broken, {}))
      const results = await Promise.allSettled(checks)
      expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    }
  },
)
