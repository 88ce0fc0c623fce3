import type MiniSearch from 'minisearch'

/** How the site searches: all words, with typos, and the guide before the pages of the API. */
export const searchOptions = {
  fuzzy: 0.2,
  prefix: true,
  combineWith: 'AND',
  boost: { title: 4, text: 2, titles: 1 },
  // browsers get the source of this function, so it uses nothing from outside
  boostDocument: (id: string): number => (id.includes('/guide/') ? 2 : id.includes('/api/') ? 0.5 : 1),
} as const

/** What the index holds of a section, as VitePress makes it. */
export const indexOptions = { fields: ['title', 'titles', 'text'], storeFields: ['title', 'titles'], searchOptions }

/** What people type, and the page that has to be among the first three. */
const searches: Readonly<Record<string, string>> = {
  install: '/guide/install',
  migration: '/guide/install',
  express: '/guide/express',
  hono: '/guide/hono',
  fastify: '/guide/fastify',
  'single page app': '/guide/browser',
  spa: '/guide/browser',
  'two tabs': '/guide/browser',
  cors: '/guide/browser',
  cloudflare: '/guide/worker',
  'client credentials': '/guide/machine-to-machine',
  cron: '/guide/machine-to-machine',
  cli: '/guide/command-line',
  'device flow': '/guide/devices',
  television: '/guide/devices',
  ciba: '/guide/ciba',
  'token exchange': '/guide/token-exchange',
  'on behalf of': '/guide/token-exchange',
  'service account': '/guide/assertions',
  saml: '/guide/assertions',
  dpop: '/guide/dpop',
  'log out': '/guide/log-out',
  logout: '/guide/log-out',
  'back-channel logout': '/guide/log-out',
  userinfo: '/guide/user-information',
  introspection: '/guide/tokens',
  debug: '/guide/troubleshooting',
  invalid_grant: '/guide/troubleshooting',
  'redirect uri mismatch': '/guide/troubleshooting',
  opentelemetry: '/guide/logs-and-traces',
  invalid_client: '/guide/troubleshooting',
  redis: '/guide/stores/redis',
  mock: '/guide/testing',
}

/** The searches that do not find their page among the first three. */
export function missedSearches(index: MiniSearch): readonly string[] {
  return Object.entries(searches).flatMap(([words, page]) => {
    const found = index.search(words).map(({ id }) => String(id).replace(/#.*|\.html$/g, ''))
    const first = [...new Set(found)].slice(0, 3)
    return first.includes(page) ? [] : [`"${words}": ${page} is not among ${first.join(', ')}`]
  })
}
