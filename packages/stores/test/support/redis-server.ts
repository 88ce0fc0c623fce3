import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onFreePort, ServerProcess } from './server-process.ts'
import { redis } from './servers.ts'

/** A separate Redis server. */
export interface RedisServer {
  readonly port: number
  readonly url: string
  /** Kills it and starts it again from its log. */
  restart(): Promise<void>
  /** Kills it and removes its data. */
  stop(): Promise<void>
}

/** Starts a Redis on loopback that logs each command; with `cluster`, a cluster of one node. */
export async function startRedis({ cluster = false } = {}): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'grantkit-redis-'))
  const options = [`--bind 127.0.0.1 --dir ${directory} --appendonly yes --appendfsync no --save`.split(' '), ''].flat()
  if (cluster) options.push(...'--cluster-enabled yes --cluster-announce-ip 127.0.0.1'.split(' '))
  return onFreePort(async (port) => {
    const start = () =>
      ServerProcess.start({
        command: redis.find() ?? 'redis-server',
        args: [...options, '--port', String(port)],
        ready: 'Ready to accept connections',
        signal: 'KILL',
      })
    let server = await start()
    return {
      port,
      url: `redis://127.0.0.1:${port}`,
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
