import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { onFreePort, ServerProcess } from '../../../../stores/test/support/server-process.ts'
import { issuerParameters } from './glewlwyd-issuer.ts'
import { glewlwyd } from './programs.ts'
import { Session } from './session.ts'

/** The user of the tests. */
export const user = { username: 'ada', password: 'canary-password', name: 'Ada', email: 'ada@example.com' }

/** A Glewlwyd of its own, on a port of 127.0.0.1, with a user and the scopes `openid`, `read` and `write`. */
export interface Glewlwyd {
  readonly url: string
  /** Adds an issuer, an instance of its OpenID Connect plugin; returns its URL. */
  addIssuer(name: string, parameters?: object): Promise<string>
  /** Registers a client, as Glewlwyd's own API names its fields. */
  addClient(client: { readonly client_id: string } & Readonly<Record<string, unknown>>): Promise<void>
  /** A browser in which the user has logged in, and has consented to scopes of a client. */
  logIn(clientId: string, scope: string): Promise<Session>
  /** Kills it and removes its data. */
  stop(): Promise<void>
}

/** Starts it and sets it up. */
export async function startGlewlwyd(): Promise<Glewlwyd> {
  const folder = await mkdtemp(join(tmpdir(), 'grantkit-glewlwyd-'))
  prepareDatabase(join(folder, 'glewlwyd.db'))
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`
    await writeFile(join(folder, 'glewlwyd.conf'), configuration(folder, port))
    const server = await ServerProcess.start({
      command: glewlwyd.find() ?? 'glewlwyd',
      args: [`--config-file=${join(folder, 'glewlwyd.conf')}`],
      ready: 'Glewlwyd started on port', // it says so, and then it starts
      signal: 'KILL',
    })
    const admin = await untilItResponds(() => signIn(url, { username: 'admin', password: 'password' }))
    await prepareUsers(admin)
    return {
      url,
      async addIssuer(name, parameters = {}) {
        const issuer = `${url}/api/${name}`
        const plugin = { module: 'oidc', name, display_name: name }
        const all = { ...issuerParameters(issuer), ...parameters }
        await admin.send('POST', '/api/mod/plugin/', { ...plugin, parameters: all })
        return issuer
      },
      addClient: async (client) => {
        await admin.send('POST', '/api/client/', { enabled: true, name: client.client_id, ...client })
      },
      async logIn(clientId, scope) {
        const session = await signIn(url, user)
        await session.send('PUT', `/api/auth/grant/${clientId}`, { scope })
        return session
      },
      async stop() {
        await server.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  })
}

async function signIn(url: string, { username, password }: { username: string; password: string }): Promise<Session> {
  const session = new Session(url)
  await session.send('POST', '/api/auth/', { username, password })
  return session
}

/** Asks again until it listens. */
async function untilItResponds<Response>(request: () => Promise<Response>, attempts = 200): Promise<Response> {
  try {
    return await request()
  } catch (error) {
    if (attempts === 0 || !(error instanceof TypeError)) throw error
    await setTimeout(20)
    return untilItResponds(request, attempts - 1)
  }
}

async function prepareUsers(admin: Session): Promise<void> {
  for (const name of ['read', 'write'])
    await admin.send('POST', '/api/scope/', { name, display_name: name, password_required: true })
  await admin.send('POST', '/api/user/', { ...user, enabled: true, scope: ['openid', 'read', 'write'] })
}

/** The script knows this field of a client by a name that the server does not. */
const listOfLogoutUris = `UPDATE g_client_module_instance SET gcmi_parameters =
  json_set(gcmi_parameters, '$.data-format.post_logout_redirect_uris', json('{"multiple":true,"read":true,"write":true}'))`

/** Runs the script that comes with the package. */
function prepareDatabase(path: string): void {
  const database = new DatabaseSync(path)
  database.exec('PRAGMA journal_mode = WAL') // fewer waits for the disk
  database.exec(readFileSync('/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3', 'utf8'))
  database.exec(listOfLogoutUris)
  database.close()
}

function configuration(folder: string, port: number): string {
  const modules = '/usr/lib/glewlwyd'
  return `port=${port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:${port}"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_secure=0
user_module_path="${modules}/user"
user_middleware_module_path="${modules}/user_middleware"
client_module_path="${modules}/client"
user_auth_scheme_module_path="${modules}/scheme"
plugin_module_path="${modules}/plugin"
database = { type = "sqlite3"; path = "${folder}/glewlwyd.db"; };
`
}
