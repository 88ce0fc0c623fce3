import { AuthorizationCode, Provider } from '@grantkit/core'
import { expect, test } from 'vitest'
import { discord } from '../src/discord.ts'
import { github } from '../src/github.ts'
import { gitlab } from '../src/gitlab.ts'
import { google } from '../src/google.ts'
import { notion } from '../src/notion.ts'
import { slack } from '../src/slack.ts'
import { x } from '../src/x.ts'

const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }

test('a misspelt scope does not compile', async () => {
  const login = new Provider(github, client).grant(AuthorizationCode)
  await expect(login.authorize({ scope: ['read:user', 'repo:status', 'write:packages'] })).resolves.toBeDefined()
  // @ts-expect-error 'read:usr' is not a scope of GitHub
  await login.authorize({ scope: ['read:usr'] })
  const others = () => {
    // @ts-expect-error 'identfy' is not a scope of Discord
    void new Provider(discord, client).grant(AuthorizationCode).authorize({ scope: ['identfy'] })
    // @ts-expect-error 'read_usr' is not a scope of GitLab
    void new Provider(gitlab(), client).grant(AuthorizationCode).authorize({ scope: ['read_usr'] })
    // @ts-expect-error 'calendar' is not a scope of Google: those are URLs
    void new Provider(google, client).grant(AuthorizationCode).authorize({ scope: ['calendar'] })
    // @ts-expect-error 'channels' is not a scope of Slack
    void new Provider(slack, client).grant(AuthorizationCode).authorize({ scope: ['channels'] })
    // @ts-expect-error 'tweet.delete' is not a scope of X
    void new Provider(x, client).grant(AuthorizationCode).authorize({ scope: ['tweet.delete'] })
    // @ts-expect-error Notion has no scopes
    void new Provider(notion, client).grant(AuthorizationCode).authorize({ scope: ['read'] })
  }
  expect(others).toBeTypeOf('function')
})
