import type { ProviderDefinition } from '@grantkit/core'
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

/** Every preset of the package; of a function, what it makes of each kind of argument. */
export const presets: readonly ProviderDefinition[] = [
  amazon,
  apple,
  asana,
  atlassian,
  auth0('acme.eu.auth0.com'),
  basecamp('MyApp (me@app.example)'),
  battlenet,
  bitbucket,
  box,
  cognito('my-app.auth.eu-west-1.amazoncognito.com', 'eu-west-1', 'eu-west-1_Example1'),
  cognito('id.acme.example', 'us-gov-west-1', 'us-gov-west-1_Example2'),
  digitalocean,
  discord,
  docusign(),
  docusign('demo'),
  dropbox,
  entra('11111111-2222-4333-8444-555555555555'),
  entra('contoso.onmicrosoft.com'),
  entra('common'),
  facebook(),
  figma,
  github,
  gitlab(),
  gitlab('https://git.acme.example/tools/'),
  google,
  hubspot,
  huggingface,
  kakao,
  keycloak('https://id.acme.example/auth/', 'staff'),
  line,
  linear,
  linkedin,
  mailchimp,
  mastodon('social.acme.example'),
  notion,
  okta('acme.okta.com'),
  okta('acme.okta.com', 'default'),
  patreon,
  paypal(),
  paypal('sandbox'),
  pinterest,
  pipedrive,
  quickbooks(),
  quickbooks('sandbox'),
  reddit('web:example-app:v1 (by /u/example)'),
  roblox,
  salesforce(),
  salesforce('acme--dev.sandbox.my.salesforce.com'),
  salesforce('acme.my.site.com'),
  shopify('blue-shop'),
  slack,
  slackUser,
  slackSignIn,
  snapchatAds,
  strava,
  stripe,
  tiktok,
  tiktokDesktop,
  twitch,
  vercel,
  withings,
  wordpress,
  x,
  xero,
  yahoo,
  yandex,
  zendesk('acme'),
  zoho(),
  zoho('eu'),
  zoho('ca'),
  zoom,
]
