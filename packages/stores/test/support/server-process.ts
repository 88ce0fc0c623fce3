import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'

/** How to start a server on a port. */
export interface ServerCommand {
  readonly command: string
  readonly args: readonly string[]
  /** What it prints when it is ready. */
  readonly ready: string
  /** The signal that kills it at once. */
  readonly signal: 'KILL' | 'QUIT'
  readonly uid?: number | undefined
  readonly gid?: number | undefined
}

// The server exits when its input closes, and so with this process, however that exits.
const guard = `exec 3<&0; signal=$1; shift; "$@" </dev/null & server=$!; (read -r _ <&3; kill -$signal $server) & wait $server`

/** A server that does not outlive this process. */
export class ServerProcess {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts a server, and waits until it is ready. */
  static async start({ command, args, ready, signal, uid, gid }: ServerCommand): Promise<ServerProcess> {
    const child = spawn('/bin/sh', ['-c', guard, 'guard', signal, command, ...args], {
      ...(uid !== undefined && gid !== undefined && { uid, gid, cwd: '/' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    await new Promise<void>((resolve, reject) => {
      let printed = ''
      const print = (text: Buffer) => {
        printed += text.toString()
        if (printed.includes(ready)) resolve()
      }
      child.stdout.on('data', print)
      child.stderr.on('data', print)
      child.once('exit', () => reject(new Error(`${command} did not start: ${printed}`)))
    })
    return new ServerProcess(child)
  }

  /** Kills the server. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await ended
  }
}

/** Starts something on a free port; tries again if another process was faster. */
export async function onFreePort<Started>(start: (port: number) => Promise<Started>, attempts = 5): Promise<Started> {
  try {
    return await start(await freePort())
  } catch (error) {
    if (attempts === 1) throw error
    return onFreePort(start, attempts - 1)
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('a server has no port')
  return address.port
}
