import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** A database server of this run. */
export interface Engine {
  readonly url: string
  stop(): Promise<void>
}

/** Runs a program to its end. */
export const runToEnd = promisify(execFile)

/** How a server is started. */
export interface EngineCommand {
  readonly command: string
  readonly input: readonly string[]
  /** What it prints when it is ready. */
  readonly ready: string
  /** What ends it. A shell has its children ignore QUIT, unless they ask for it as PostgreSQL does. */
  readonly signal: 'TERM' | 'QUIT'
  readonly user?: { readonly uid: number; readonly gid: number } | undefined
}

// Who starts the server may be killed: the shell sees its input end, and ends the server, too.
const guard = `exec 3<&0; signal=$1; shift; "$@" </dev/null & server=$!; (read -r _ <&3; kill -$signal $server) & wait $server`

/** Starts a server, and resolves when it is ready to what stops it. */
export async function startEngine({
  command,
  input,
  ready,
  signal,
  user,
}: EngineCommand): Promise<() => Promise<void>> {
  const child = spawn('/bin/sh', ['-c', guard, 'guard', signal, command, ...input], {
    ...user,
    cwd: '/',
    stdio: 'pipe',
  })
  await untilReady(child, command, ready)
  return async () => {
    const ended = once(child, 'exit')
    child.stdin?.end()
    await ended
  }
}

function untilReady(child: ChildProcess, command: string, ready: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const listen = (text: Buffer): void => {
      printed = (printed + text.toString()).slice(-4000)
      if (printed.includes(ready)) resolve()
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('exit', () => reject(new Error(`${command} did not start: ${printed}`)))
  })
}

/** A port that nobody uses at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

/** Where a program is; undefined where it is not installed. */
export function findProgram(...candidates: readonly string[]): string | undefined {
  return candidates.find(isExecutable)
}

/** The places on the path where a program could be. */
export function onPath(name: string): readonly string[] {
  return (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, name))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
