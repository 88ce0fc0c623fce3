/** A page in the navigation. */
export interface Page {
  readonly text: string
  readonly link: string
}

export const guide: Page[] = [
  { text: 'A first login', link: '/guide/first-login' },
  { text: 'A command line program', link: '/guide/command-line' },
  { text: 'Any provider', link: '/guide/any-provider' },
  { text: 'Tokens', link: '/guide/tokens' },
  { text: 'Tokens that stay fresh', link: '/guide/token-sources' },
  { text: 'How refresh works', link: '/guide/how-refresh-works' },
  { text: 'Stores', link: '/guide/stores/index' },
  { text: 'Stores: files', link: '/guide/stores/file' },
  { text: 'Stores: SQLite', link: '/guide/stores/sqlite' },
  { text: 'Stores: Redis', link: '/guide/stores/redis' },
  { text: 'Stores: PostgreSQL', link: '/guide/stores/postgres' },
  { text: 'Stores: encryption', link: '/guide/stores/encrypted' },
  { text: 'Stores: encryption keys', link: '/guide/stores/keys' },
  { text: 'Stores: one process', link: '/guide/stores/single-process' },
  { text: 'Stores: your own', link: '/guide/stores/write-your-own' },
  { text: 'Calling an API', link: '/guide/api-calls' },
  { text: 'HTTP clients', link: '/guide/api-clients' },
  { text: 'Errors', link: '/guide/errors' },
  { text: 'Logs and traces', link: '/guide/logs-and-traces' },
  { text: 'Security', link: '/guide/security' },
  { text: 'A grant of your own', link: '/guide/custom-grant' },
  { text: 'Presets', link: '/guide/presets' },
  { text: 'A preset of your own', link: '/guide/custom-provider' },
  { text: 'Deviations', link: '/guide/deviations' },
  { text: 'openid-client', link: '/guide/openid-client' },
  { text: 'Testing', link: '/guide/testing' },
  { text: 'Performance', link: '/guide/performance' },
  { text: 'From arctic', link: '/guide/move/arctic' },
  { text: 'From passport-oauth2', link: '/guide/move/passport-oauth2' },
  { text: 'From simple-oauth2', link: '/guide/move/simple-oauth2' },
  { text: 'From openid-client', link: '/guide/move/openid-client' },
  { text: 'From league/oauth2-client', link: '/guide/move/league-oauth2-client' },
  { text: 'From spotify-web-api-php', link: '/guide/move/spotify-web-api-php' },
  { text: 'From SpotifyAPI-NET', link: '/guide/move/spotifyapi-net' },
]

export const decisions: Page[] = [
  { text: 'openid-client', link: '/decisions/openid-client' },
  { text: 'jose', link: '/decisions/jose' },
  { text: 'ky', link: '/decisions/ky' },
  { text: 'Deviations', link: '/decisions/deviations' },
  { text: 'oidc-provider', link: '/decisions/oidc-provider' },
  { text: 'hono', link: '/decisions/hono' },
  { text: 'API calls', link: '/decisions/api-calls' },
  { text: 'The Node entry', link: '/decisions/node-entry' },
  { text: 'undici', link: '/decisions/undici' },
  { text: 'Stryker', link: '/decisions/stryker' },
  { text: 'The toolchain', link: '/decisions/toolchain' },
  { text: 'Releasing', link: '/decisions/releasing' },
]

export const conformance: Page[] = [
  { text: 'How it is shown', link: '/conformance/' },
  { text: 'The duties of a client', link: '/conformance/requirements' },
  { text: 'Attacks', link: '/conformance/attacks' },
  { text: 'What others let through', link: '/conformance/engine' },
  { text: 'openid-client as referee', link: '/conformance/openid-client' },
  { text: 'What goes in and comes out', link: '/conformance/responses' },
  { text: 'OpenID modules', link: '/conformance/openid' },
  { text: 'What came before', link: '/conformance/seed-systems' },
  { text: 'Mutation testing', link: '/conformance/mutation' },
]
