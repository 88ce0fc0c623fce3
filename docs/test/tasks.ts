import type { Sample } from './sample.ts'

/** Something that people come for, which the site alone has to be enough for. */
export interface Task {
  readonly name: string
  /** The page that they are done with once they have followed it. */
  readonly page: string
  /** How a sample of that page is run that does the whole task. */
  readonly kind: Sample['kind']
  /** What stands in that sample. */
  readonly shows: readonly string[]
}

const guide = 'docs/guide'
const login = ['.authorize({', '.requestToken(', 'authorizedFetch(', '.clear({ revoke: true })']

/** What people come for. */
export const tasks: readonly Task[] = [
  {
    name: 'log in from an Express app',
    page: `${guide}/express.md`,
    kind: 'web-app',
    shows: [...login, "from 'express'", 'req.session.regenerate'],
  },
  { name: 'log in from a Hono app', page: `${guide}/hono.md`, kind: 'web-app', shows: [...login, "from 'hono'"] },
  {
    name: 'log in from a page without a server',
    page: `${guide}/browser.md`,
    kind: 'page',
    shows: ['.authorize({', '.requestToken(', 'withoutCallback', 'sessionStorage'],
  },
  {
    name: 'a job with client credentials',
    page: `${guide}/machine-to-machine.md`,
    kind: 'module',
    shows: ['grant: ClientCredentials', 'authorizedFetch('],
  },
  {
    name: 'an unusual provider as data',
    page: `${guide}/deviations.md`,
    kind: 'module',
    shows: ['scopeSeparator', "tokenRequest: { encoding: 'json' }", "envelope: 'data'"],
  },
  {
    name: 'a custom grant that needs a second endpoint',
    page: `${guide}/custom-grant.md`,
    kind: 'module',
    shows: ['this.request(', "'authorization_challenge_endpoint'", 'this.tokenRequest('],
  },
  {
    name: 'a login that fails, found by its message',
    page: `${guide}/troubleshooting.md`,
    kind: 'module',
    shows: ['error.code, error.action, error.message'],
  },
  {
    name: 'moving an app from arctic',
    page: `${guide}/move/arctic.md`,
    kind: 'module',
    shows: ['.authorize({', '.requestToken(', 'authorizedFetch(', '.tokenSource({', '.clear()'],
  },
  {
    name: 'a test of one’s own login without a network',
    page: `${guide}/testing.md`,
    kind: 'suite',
    shows: ['startAuthorizationServer()', 'server.logIn(url)', 'test('],
  },
]
