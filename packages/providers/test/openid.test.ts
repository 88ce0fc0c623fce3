import { AuthorizationCode, Provider, type ProviderDefinition } from '@grantkit/core'
import { providerChecks } from '@grantkit/testing'
import { simulateProvider } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { amazon } from '../src/amazon.ts'
import { apple } from '../src/apple.ts'
import { asana } from '../src/asana.ts'
import { atlassian } from '../src/atlassian.ts'
import { auth0 } from '../src/auth0.ts'
import { basecamp } from '../src/basecamp.ts'
import { battlenet } from '../src/battlenet.ts'
import { bitbucket } from '../src/bitbucket.ts'
import { box } from '../src/box.ts'
import { cognito } from '../src/cognito.ts'
import { digitalocean } from '../src/digitalocean.ts'
import { discord } from '../src/discord.ts'
import { docusign } from '../src/docusign.ts'
import { dropbox } from '../src/dropbox.ts'
import { entra } from '../src/entra.ts'
import { facebook } from '../src/facebook.ts'
import { figma } from '../src/figma.ts'
import { github } from '../src/github.ts'
import { gitlab } from '../src/gitlab.ts'
import { google } from '../src/google.ts'
import { hubspot } from '../src/hubspot.ts'
import { huggingface } from '../src/huggingface.ts'
import { kakao } from '../src/kakao.ts'
import { keycloak } from '../src/keycloak.ts'
import { line } from '../src/line.ts'
import { linear } from '../src/linear.ts'
import { linkedin } from '../src/linkedin.ts'
import { mailchimp } from '../src/mailchimp.ts'
import { mastodon } from '../src/mastodon.ts'
import { notion } from '../src/notion.ts'
import { okta } from '../src/okta.ts'
import { patreon } from '../src/patreon.ts'
import { paypal } from '../src/paypal.ts'
import { pinterest } from '../src/pinterest.ts'
import { pipedrive } from '../src/pipedrive.ts'
import { quickbooks } from '../src/quickbooks.ts'
import { reddit } from '../src/reddit.ts'
import { roblox } from '../src/roblox.ts'
import { salesforce } from '../src/salesforce.ts'
import { shopify } from '../src/shopify.ts'
import { slack, slackSignIn, slackUser } from '../src/slack.ts'
import { snapchatAds } from '../src/snapchat.ts'
import { strava } from '../src/strava.ts'
import { stripe } from '../src/stripe.ts'
import { tiktok, tiktokDesktop } from '../src/tiktok.ts'
import { twitch } from '../src/twitch.ts'
import { vercel } from '../src/vercel.ts'
import { withings } from '../src/withings.ts'
import { wordpress } from '../src/wordpress.ts'
import { x } from '../src/x.ts'
import { xero } from '../src/xero.ts'
import { yahoo } from '../src/yahoo.ts'
import { yandex } from '../src/yandex.ts'
import { zendesk } from '../src/zendesk.ts'
import { zoho } from '../src/zoho.ts'
import { zoom } from '../src/zoom.ts'
import { presets } from './presets.ts'

/** A preset without a list of scopes compiles with any; its metadata says whether `openid` is among them. */
type OffersOpenid<Scope extends string> = string extends Scope ? boolean : 'openid' extends Scope ? true : false

/** A preset, and whether the scope `openid` compiles with it. */
function typed<Scope extends string>(preset: ProviderDefinition<Scope>, offers: OffersOpenid<Scope>) {
  return { preset: preset as ProviderDefinition, offers: offers as boolean }
}

const all = [
  typed(amazon, false),
  typed(apple, true),
  typed(asana, false),
  typed(atlassian, false),
  typed(auth0('acme.eu.auth0.com'), true),
  typed(basecamp('MyApp (me@app.example)'), false),
  typed(battlenet, true),
  typed(bitbucket, false),
  typed(box, false),
  typed(cognito('id.acme.example', 'eu-west-1', 'eu-west-1_Example1'), true),
  typed(digitalocean, false),
  typed(discord, false),
  typed(docusign(), false),
  typed(dropbox, true),
  typed(entra('common'), true),
  typed(facebook(), false),
  typed(figma, true),
  typed(github, false),
  typed(gitlab(), true),
  typed(google, true),
  typed(hubspot, false),
  typed(huggingface, true),
  typed(kakao, false),
  typed(keycloak('https://id.acme.example', 'staff'), true),
  typed(line, false),
  typed(linear, false),
  typed(linkedin, true),
  typed(mailchimp, false),
  typed(mastodon('social.acme.example'), false),
  typed(notion, false),
  typed(okta('acme.okta.com'), true),
  typed(patreon, false),
  typed(paypal(), true),
  typed(pinterest, false),
  typed(pipedrive, false),
  typed(quickbooks(), true),
  typed(reddit('web:example-app:v1 (by /u/example)'), false),
  typed(roblox, true),
  typed(salesforce(), true),
  typed(shopify('blue-shop'), false),
  typed(slack, false),
  typed(slackSignIn, true),
  typed(slackUser, false),
  typed(snapchatAds, false),
  typed(strava, false),
  typed(stripe, false),
  typed(tiktok, false),
  typed(tiktokDesktop, false),
  typed(twitch, true),
  typed(vercel, true),
  typed(withings, false),
  typed(wordpress, false),
  typed(x, false),
  typed(xero, true),
  typed(yahoo, true),
  typed(yandex, false),
  typed(zendesk('acme'), false),
  typed(zoho(), false),
  typed(zoom, false),
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
