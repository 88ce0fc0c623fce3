import { startPostgres } from '../../packages/stores/test/support/postgres-server.ts'
import { startRedis } from '../../packages/stores/test/support/redis-server.ts'
import { type NeededServer, postgres, redis } from '../../packages/stores/test/support/servers.ts'
import type { ServerName } from './sample.ts'

/** A server that samples need: where it is on this machine, how it is started, and where a sample finds it. */
export interface SampleServer {
  readonly needed: NeededServer
  start(): Promise<{ readonly url: string; stop(): Promise<void> }>
  /** The environment variable that holds its URL. */
  readonly variable: string
}

/** The servers, by the words that name them. */
export const servers: Readonly<Record<ServerName, SampleServer>> = {
  redis: { needed: redis, start: startRedis, variable: 'REDIS_URL' },
  postgres: { needed: postgres, start: startPostgres, variable: 'DATABASE_URL' },
}
