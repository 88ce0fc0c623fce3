/** A page in the navigation. */
export interface Page {
  readonly text: string
  readonly link: string
}

/** Pages under a heading of the navigation. */
export interface Group {
  readonly text: string
  readonly collapsed?: boolean
  readonly items: readonly Page[]
}

const start: Group = {
  text: 'Start',
  items: [
    { text: 'Install', link: '/guide/install' },
    { text: 'A web app', link: '/guide/web' },
    { text: 'Express', link: '/guide/express' },
    { text: 'Hono', link: '/guide/hono' },
    { text: 'Fastify', link: '/guide/fastify' },
    { text: 'A page without a server', link: '/guide/browser' },
    { text: 'A worker', link: '/guide/worker' },
    { text: 'Machine to machine', link: '/guide/machine-to-machine' },
    { text: 'Machine to machine with keys', link: '/guide/machine-to-machine-with-keys' },
    { text: 'A command line program', link: '/guide/command-line' },
  ],
}

const grants: Group = {
  text: 'Other grants',
  items: [
    { text: 'Devices', link: '/guide/devices' },
    { text: 'The user’s own phone (CIBA)', link: '/guide/ciba' },
    { text: 'Token exchange', link: '/guide/token-exchange' },
    { text: 'Assertions: JWT and SAML', link: '/guide/assertions' },
  ],
}

const concepts: Group = {
  text: 'Concepts',
  items: [
    { text: 'In one page', link: '/guide/concepts' },
    { text: 'A login, step by step', link: '/guide/first-login' },
    { text: 'PAR, JAR and JARM', link: '/guide/par-and-jar' },
    { text: 'How refresh works', link: '/guide/how-refresh-works' },
    { text: 'Who the user is', link: '/guide/user-information' },
    { text: 'Logging out', link: '/guide/log-out' },
  ],
}

const providers: Group = {
  text: 'Providers',
  items: [
    { text: 'Presets', link: '/guide/presets' },
    { text: 'Any provider', link: '/guide/any-provider' },
    { text: 'Deviations', link: '/guide/deviations' },
    { text: 'openid-client', link: '/guide/openid-client' },
  ],
}

const tokens: Group = {
  text: 'Tokens and stores',
  items: [
    { text: 'Tokens', link: '/guide/tokens' },
    { text: 'Tokens that stay fresh', link: '/guide/token-sources' },
    { text: 'Calling an API', link: '/guide/api-calls' },
    { text: 'HTTP clients', link: '/guide/api-clients' },
    { text: 'DPoP', link: '/guide/dpop' },
    { text: 'Stores', link: '/guide/stores/index' },
    { text: 'Files', link: '/guide/stores/file' },
    { text: 'SQLite', link: '/guide/stores/sqlite' },
    { text: 'Redis', link: '/guide/stores/redis' },
    { text: 'PostgreSQL', link: '/guide/stores/postgres' },
    { text: 'Encryption', link: '/guide/stores/encrypted' },
    { text: 'Encryption keys', link: '/guide/stores/keys' },
    { text: 'One process', link: '/guide/stores/single-process' },
  ],
}

const operation: Group = {
  text: 'Operation',
  items: [
    { text: 'Errors', link: '/guide/errors' },
    { text: 'Troubleshooting', link: '/guide/troubleshooting' },
    { text: 'Logs and traces', link: '/guide/logs-and-traces' },
    { text: 'Security', link: '/guide/security' },
    { text: 'FAPI 2.0 and OAuth 2.1', link: '/guide/fapi-2' },
    { text: 'Testing', link: '/guide/testing' },
    { text: 'Performance', link: '/guide/performance' },
  ],
}

const extend: Group = {
  text: 'Extend',
  items: [
    { text: 'A custom grant', link: '/guide/custom-grant' },
    { text: 'A preset of your own', link: '/guide/custom-provider' },
    { text: 'A store of your own', link: '/guide/stores/write-your-own' },
  ],
}

/** What another library's users read first. */
const move: Group = {
  text: 'Move here from',
  items: [
    { text: 'arctic', link: '/guide/move/arctic' },
    { text: 'passport-oauth2', link: '/guide/move/passport-oauth2' },
    { text: 'simple-oauth2', link: '/guide/move/simple-oauth2' },
    { text: 'openid-client', link: '/guide/move/openid-client' },
    { text: 'league/oauth2-client', link: '/guide/move/league-oauth2-client' },
    { text: 'spotify-web-api-php', link: '/guide/move/spotify-web-api-php' },
    { text: 'SpotifyAPI-NET', link: '/guide/move/spotifyapi-net' },
  ],
}

/** The guide. A group without pages is left out. */
export const guide: readonly Group[] = [start, grants, concepts, providers, tokens, operation, extend, move].filter(
  ({ items }) => items.length > 0,
)

export const decisions: Group = {
  text: 'Decisions',
  items: [
    { text: 'openid-client', link: '/decisions/openid-client' },
    { text: 'jose', link: '/decisions/jose' },
    { text: 'ky', link: '/decisions/ky' },
    { text: 'Deviations', link: '/decisions/deviations' },
    { text: 'Where standards leave a choice', link: '/decisions/standards' },
    { text: 'oidc-provider', link: '/decisions/oidc-provider' },
    { text: 'Other servers', link: '/decisions/authorization-servers' },
    { text: 'hono', link: '/decisions/hono' },
    { text: 'Web logins', link: '/decisions/web' },
    { text: 'API calls', link: '/decisions/api-calls' },
    { text: 'DPoP', link: '/decisions/dpop' },
    { text: 'The Node entry', link: '/decisions/node-entry' },
    { text: 'undici', link: '/decisions/undici' },
    { text: 'ts-json-schema-generator', link: '/decisions/ts-json-schema-generator' },
    { text: 'Stryker', link: '/decisions/stryker' },
    { text: 'The toolchain', link: '/decisions/toolchain' },
    { text: 'Releasing', link: '/decisions/releasing' },
  ],
}

export const conformance: Group = {
  text: 'Conformance',
  items: [
    { text: 'How it is shown', link: '/conformance/' },
    { text: 'The duties of a client', link: '/conformance/requirements' },
    { text: 'Attacks', link: '/conformance/attacks' },
    { text: 'What others let through', link: '/conformance/engine' },
    { text: 'openid-client as referee', link: '/conformance/openid-client' },
    { text: 'What goes in and comes out', link: '/conformance/responses' },
    { text: 'OpenID modules', link: '/conformance/openid' },
    { text: 'What came before', link: '/conformance/seed-systems' },
    { text: 'Mutation testing', link: '/conformance/mutation' },
    { text: 'Performance', link: '/conformance/performance' },
  ],
}
