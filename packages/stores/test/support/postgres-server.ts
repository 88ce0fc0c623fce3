import { execFile } from 'node:child_process'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { onFreePort, ServerProcess } from './server-process.ts'
import { postgres } from './servers.ts'

const run = promisify(execFile)

/** A separate PostgreSQL server. */
export interface PostgresServer {
  readonly port: number
  readonly url: string
  /** Kills it and starts it again. */
  restart(): Promise<void>
  /** Kills it and removes its data. */
  stop(): Promise<void>
}

/** Starts a PostgreSQL on loopback, with an empty database. */
export async function startPostgres(): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'grantkit-postgres-'))
  const binary = postgres.find() ?? 'postgres'
  const user = await otherUser()
  if (user) await chown(directory, user.uid, user.gid)
  const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await run(join(dirname(binary), 'initdb'), ['-D', directory, ...options], { ...user, cwd: '/' })
  return onFreePort(async (port) => {
    const start = () =>
      ServerProcess.start({
        command: binary,
        args: ['-D', directory, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-F'],
        ready: 'database system is ready to accept connections',
        signal: 'QUIT',
        ...user,
      })
    let server = await start()
    return {
      port,
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      async restart() {
        await server.stop()
        server = await start()
      },
      async stop() {
        await server.stop()
        await rm(directory, { recursive: true, force: true })
      },
    }
  })
}

/** PostgreSQL refuses to run as root, so another user runs it. */
async function otherUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const idOf = async (option: string, name: string) => Number((await run('id', [option, name])).stdout)
  const find = async (name: string) => ({ uid: await idOf('-u', name), gid: await idOf('-g', name) })
  return find('postgres').catch(() => find('nobody'))
}
