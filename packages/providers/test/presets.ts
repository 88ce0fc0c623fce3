import type { ProviderDefinition } from '@grantkit/core'
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

/** Every preset of the package; of a function, what it makes of each kind of argument. */
export const presets: readonly ProviderDefinition[] = [
  apple,
  discord,
  dropbox,
  entra('11111111-2222-4333-8444-555555555555'),
  entra('contoso.onmicrosoft.com'),
  entra('common'),
  github,
  gitlab(),
  gitlab('https://git.acme.example/tools/'),
  google,
  linkedin,
  notion,
  reddit('web:example-app:v1 (by /u/example)'),
  salesforce(),
  salesforce('acme--dev.sandbox.my.salesforce.com'),
  salesforce('acme.my.site.com'),
  shopify('blue-shop'),
  slack,
  slackUser,
  slackSignIn,
  tiktok,
  tiktokDesktop,
  twitch,
  x,
]
