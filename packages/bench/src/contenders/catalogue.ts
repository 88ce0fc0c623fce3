/** Who takes part, and under which name. */
export interface Contender {
  readonly id: string
  readonly title: string
  /** Its module in this folder. */
  readonly program: string
  readonly kind: 'floor' | 'ours' | 'peer' | 'store'
  /** Operations that it must not be asked for with many at once, and why. */
  readonly oneByOneOnly?: string
}

/** Everyone. */
export const contenders: readonly Contender[] = [
  { id: 'floor', title: 'fetch, by hand', program: 'floor-fetch', kind: 'floor' },
  { id: 'floor-again', title: 'fetch, by hand, again', program: 'floor-fetch', kind: 'floor' },
  { id: 'undici', title: 'undici.request, by hand', program: 'floor-undici', kind: 'floor' },
  { id: 'node-http', title: 'node:http, by hand', program: 'floor-http', kind: 'floor' },
  { id: 'node-fetch', title: 'nodeFetch, bare', program: 'bare-node-fetch', kind: 'floor' },
  { id: 'ky', title: 'ky, bare', program: 'ky', kind: 'floor' },
  { id: 'grantkit', title: 'Grantkit', program: 'grantkit-fetch', kind: 'ours' },
  { id: 'grantkit-node', title: 'Grantkit, Node entry', program: 'grantkit-node', kind: 'ours' },
  { id: 'grantkit-client', title: 'Grantkit apiClient', program: 'grantkit-client', kind: 'ours' },
  {
    id: 'grantkit-client-node',
    title: 'Grantkit apiClient, Node entry',
    program: 'grantkit-client-node',
    kind: 'ours',
  },
  { id: 'openid-client', title: 'openid-client', program: 'openid-client', kind: 'peer' },
  { id: 'oauth4webapi', title: 'oauth4webapi', program: 'oauth4webapi', kind: 'peer' },
  { id: 'arctic', title: 'arctic', program: 'arctic', kind: 'peer' },
  { id: 'simple-oauth2', title: 'simple-oauth2', program: 'simple-oauth2', kind: 'peer' },
  { id: 'badgateway', title: '@badgateway/oauth2-client', program: 'badgateway', kind: 'peer' },
  {
    id: 'client-oauth2',
    title: 'client-oauth2',
    program: 'client-oauth2',
    kind: 'peer',
    oneByOneOnly: 'its process dies (ERR_INTERNAL_ASSERTION)',
  },
  { id: 'google-auth-library', title: 'google-auth-library', program: 'google-auth-library', kind: 'peer' },
  { id: 'msal-node', title: '@azure/msal-node', program: 'msal-node', kind: 'peer' },
  { id: 'jose', title: 'jose', program: 'jose', kind: 'peer' },
  { id: 'ky-hooks', title: 'ky with hooks', program: 'ky-hooks', kind: 'peer' },
  { id: 'ky-one-promise', title: 'ky with hooks, one promise', program: 'ky-one-promise', kind: 'peer' },
  { id: 'memory', title: 'memoryStore', program: 'stores/memory', kind: 'store' },
  { id: 'encrypted', title: 'encryptedStore over memory', program: 'stores/encrypted', kind: 'store' },
  { id: 'file', title: 'fileStore', program: 'stores/file', kind: 'store' },
  { id: 'sqlite', title: 'sqliteStore', program: 'stores/sqlite', kind: 'store' },
  { id: 'redis', title: 'redisStore', program: 'stores/redis', kind: 'store' },
  { id: 'postgres', title: 'postgresStore', program: 'stores/postgres', kind: 'store' },
]

/** Those that the goals compare: they are in every run, the others in a thorough one. */
export const compared: readonly string[] = ['floor', 'floor-again', 'grantkit', 'grantkit-node', 'openid-client']

/** A contender by its id. */
export function contenderOf(id: string): Contender {
  const found = contenders.find((contender) => contender.id === id)
  if (!found) throw new Error(`no contender is called ${id}`)
  return found
}
