import { globSync } from 'node:fs'
import { chmod, chown, mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Engine, findProgram, freePort, onPath, runToEnd, startEngine } from './engine.ts'

/** Starts PostgreSQL as it comes, with every commit on the disk. Undefined where PostgreSQL is not installed. */
export async function startPostgres(place: string): Promise<Engine | undefined> {
  const command = findPostgres()
  if (command === undefined) return undefined
  const directory = join(place, 'postgres')
  await mkdir(directory)
  const user = await otherUser()
  if (user) {
    await chmod(place, 0o711) // for the other user to get there
    await chown(directory, user.uid, user.gid)
  }
  const cluster = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync']
  await runToEnd(join(dirname(command), 'initdb'), ['-D', directory, ...cluster], { ...user, cwd: '/' })
  const port = await freePort()
  const input = ['-D', directory, '-p', String(port), '-h', '127.0.0.1', '-k', '']
  const stop = await startEngine({ command, input, ready: 'ready to accept connections', signal: 'QUIT', user })
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop }
}

/** Debian keeps it off the path; what is on the path has to have `initdb` beside it. */
function findPostgres(): string | undefined {
  const installed = globSync('/usr/lib/postgresql/*/bin/postgres').toSorted().toReversed()
  const candidates = [...installed, ...onPath('postgres')]
  return candidates.find((path) => findProgram(path) && findProgram(join(dirname(path), 'initdb')))
}

/** PostgreSQL refuses to run as root: then another user runs it. */
async function otherUser(): Promise<{ uid: number; gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  return userNamed('postgres').catch(() => userNamed('nobody'))
}

async function userNamed(name: string): Promise<{ uid: number; gid: number }> {
  return { uid: await idOf('-u', name), gid: await idOf('-g', name) }
}

async function idOf(option: string, name: string): Promise<number> {
  return Number((await runToEnd('id', [option, name])).stdout)
}
