import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { GrantError } from '@grantkit/core'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { redirectUri } from './failing.ts'
import { failures } from './failures.ts'
import { fencesOf } from './fences.ts'
import { keepOffTheNetwork, standInFor } from './network.ts'

// The page about troubleshooting is found by messages: each of them is what the library says, `…` for what varies.

const file = 'docs/guide/troubleshooting.md'
const page = readFileSync(join(import.meta.dirname, '../..', file), 'utf8')
const sections = page.split(/^## /m).slice(1)

const quoted = Object.fromEntries(
  sections
    .map((section): [string, readonly string[]] => [section.slice(0, section.indexOf('\n')), messagesIn(section)])
    .filter(([, messages]) => messages.length > 0),
)

function messagesIn(section: string): readonly string[] {
  return fencesOf(file, section)
    .filter(({ language }) => language === 'text')
    .map(({ code }) => code.join(' '))
}

let server: AuthorizationServer

beforeAll(async () => {
  keepOffTheNetwork()
  const clients = [
    { clientId: 'my-client', redirectUris: [redirectUri] },
    { clientId: 'my-server', clientSecret: 'my-secret', redirectUris: [redirectUri] },
  ]
  server = await startAuthorizationServer({ clients })
  standInFor('https://id.acme.example', server.url)
})
afterAll(() => server.close())

async function messageOf(failure: (server: AuthorizationServer) => unknown): Promise<string> {
  try {
    await failure(server)
  } catch (error) {
    if (error instanceof GrantError) return error.message
    throw error
  }
  throw new Error('nothing failed')
}

test('every section with messages is about something that fails, and the other way round', () => {
  expect(Object.keys(quoted)).toStrictEqual(Object.keys(failures))
})

test.each(Object.entries(failures))('%s: the messages are those of the library', async (section, all) => {
  const said: string[] = []
  for (const failure of all) said.push(await messageOf(failure))
  const known = (quoted[section] ?? []).map((message) => message.split('…'))
  expect(said.map((message, i) => withGaps(message, known[i] ?? []))).toStrictEqual(quoted[section])
})

/** A message as the page has it: what varies between the known parts is `…`. */
function withGaps(message: string, [start = '', end]: readonly string[]): string {
  if (end === undefined || !message.startsWith(start) || !message.endsWith(end)) return message
  return `${start}…${end}`
}
